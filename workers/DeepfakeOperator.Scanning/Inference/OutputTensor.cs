namespace DeepfakeOperator.Scanning.Inference;

/// <summary>One output of a model, and one unit's part of it.</summary>
/// <param name="Name">Name in the graph.</param>
/// <param name="UnitShape">Shape of one unit's part, without the batch axis.</param>
/// <param name="Start">Where its values begin among those of all outputs of the unit.</param>
internal sealed record OutputTensor(string Name, long[] UnitShape, int Start)
{
    /// <summary>How many values one unit has.</summary>
    internal int Width { get; } = checked((int)UnitShape.Aggregate(1L, (product, extent) => product * extent));

    /// <summary>Its part of the values of all outputs.</summary>
    internal ReadOnlySpan<float> Of(ReadOnlySpan<float> values) => values.Slice(Start, Width);
}
