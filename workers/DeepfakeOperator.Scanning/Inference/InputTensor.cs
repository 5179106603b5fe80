using DeepfakeOperator.Api.Detectors;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>One input of a model, and one unit's part of it.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="UnitShape">Shape of one unit's part, without the batch axis.</param>
internal sealed record InputTensor(string Name, TensorElementType Type, long[] UnitShape)
{
    /// <summary>Bytes of one unit's part.</summary>
    internal int UnitBytes { get; } = checked((int)UnitShape.Aggregate(1L, (product, extent) => product * extent) * (Type == TensorElementType.UInt8 ? 1 : sizeof(float)));

    internal static InputTensor Of(InputSpec spec, long[] unitShape) =>
        new(spec.Name, spec.Type == TensorType.UInt8 ? TensorElementType.UInt8 : TensorElementType.Float, unitShape);
}
