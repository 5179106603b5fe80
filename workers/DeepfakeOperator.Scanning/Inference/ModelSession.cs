using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A loaded model whose tensors are known to be what the descriptor says. Buffers made of it may run at the same time.</summary>
internal sealed class ModelSession : IDisposable
{
    /// <summary>No score has more values; a larger tensor is a mask or a feature map.</summary>
    private const int LargestOutput = 65_536;

    private ModelSession(ResolvedDetector detector, InferenceSession session, ExecutionProvider provider)
    {
        (Detector, Session, Provider) = (detector, session, provider);
        Input = detector.Spec.Inputs[0];
        Preprocess = new Preprocess(detector.Spec.Image, Input.Layout, Input.Type);
        var (image, channels) = (detector.Spec.Image, detector.Spec.Image.Colour == ColourOrder.Gray ? 1 : 3);
        UnitShape = Input.Layout == TensorLayout.NCHW ? [channels, image.Height, image.Width] : [image.Height, image.Width, channels];
    }

    internal ResolvedDetector Detector { get; }

    internal InferenceSession Session { get; }

    /// <summary>Where it runs; proved by opening.</summary>
    internal ExecutionProvider Provider { get; }

    internal InputSpec Input { get; }

    internal Preprocess Preprocess { get; }

    /// <summary>Shape of one unit's input, without the batch axis.</summary>
    internal long[] UnitShape { get; }

    internal TensorElementType ElementType => Input.Type == TensorType.UInt8 ? TensorElementType.UInt8 : TensorElementType.Float;

    /// <summary>For each output of the descriptor, the shape of one unit's part.</summary>
    internal IReadOnlyList<long[]> OutputShapes { get; private set; } = [];

    /// <summary>For each output of the descriptor, how many values one unit has.</summary>
    internal int[] OutputWidths { get; private set; } = [];

    /// <summary>Reads the model, checks it against the descriptor and opens it.</summary>
    /// <exception cref="DetectorException">The descriptor or the model cannot be run.</exception>
    /// <exception cref="PodFatalException">No listed provider works here.</exception>
    internal static async Task<ModelSession> LoadAsync(
        ResolvedDetector detector, IReadOnlyList<ExecutionProvider> providers, ModelStore store, ILogger logger, CancellationToken ct)
    {
        var problems = DetectorSupport.Problems(detector.Spec);
        if (problems.Count > 0) throw new DetectorException("DescriptorInvalid", string.Join("; ", problems));
        var model = detector.Spec.Model!;
        var bytes = await store.ReadAsync("model", model.Uri, model.Sha256, ct);
        var (session, provider) = SessionFactory.Open(bytes, detector.Name, providers, logger);
        var loaded = new ModelSession(detector, session, provider);
        try
        {
            loaded.CheckInputs();
            loaded.ProbeOutputs();
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    public void Dispose() => Session.Dispose();

    private void CheckInputs()
    {
        var graph = Session.InputMetadata;
        if (!graph.TryGetValue(Input.Name, out var found))
            throw Mismatch($"inputs[0].name: the graph has no input '{Input.Name}'; it has {Names(graph.Keys)}");
        if (graph.Count > 1) throw Mismatch($"inputs: the graph has {graph.Count}: {Names(graph.Keys)}; the descriptor names one");
        if (!found.IsTensor || found.ElementDataType != ElementType)
            throw Mismatch($"inputs[0].type: '{Input.Name}' is {found.ElementDataType} in the graph, {Input.Type} in the descriptor");
        int[] wanted = [-1, .. Array.ConvertAll(UnitShape, extent => (int)extent)];
        var agrees = found.Dimensions.Length == 4 && Enumerable.Range(1, 3).All(axis => found.Dimensions[axis] <= 0 || found.Dimensions[axis] == wanted[axis]);
        if (!agrees)
        {
            throw Mismatch($"inputs[0].shape, inputs[0].layout, image.width or image.height: '{Input.Name}' is [{string.Join(", ", found.Dimensions)}] "
                + $"in the graph, the descriptor makes [{string.Join(", ", wanted)}]");
        }
        var batch = found.Dimensions[0];
        if (batch > 0 && Detector.Spec.MaxBatch != batch)
            throw Mismatch($"maxBatch: the graph's batch axis is fixed at {batch}, the descriptor says {Detector.Spec.MaxBatch}");
        if (batch > 1) throw Mismatch($"inputs[0].shape: a batch axis fixed at {batch} is not supported; export the model with a free one, or 1");
    }

    /// <summary>Runs once on zeros: shapes as they are, not as the graph may or may not declare them; it also warms the session up.</summary>
    private void ProbeOutputs()
    {
        var graph = Session.OutputMetadata;
        var outputs = Detector.Spec.Outputs;
        for (var i = 0; i < outputs.Count; i++)
        {
            if (!graph.ContainsKey(outputs[i].Name))
                throw Mismatch($"outputs[{i}].name: the graph has no output '{outputs[i].Name}'; it has {Names(graph.Keys)}");
        }
        var size = Detector.Spec.MaxBatch > 1 ? 2 : 1;
        using var zeros = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, ElementType, [size, .. UnitShape]);
        zeros.GetTensorMutableRawData().Clear();
        using var options = new RunOptions();
        using var results = Run(options, zeros, [.. outputs.Select(output => output.Name)]);
        OutputShapes = [.. outputs.Select((output, i) => UnitOutput(output, i, results[i], size))];
        OutputWidths = [.. OutputShapes.Select(shape => (int)shape.Aggregate(1L, (product, extent) => product * extent))];
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue input, string[] outputs)
    {
        try
        {
            return Session.Run(options, [Input.Name], [input], outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw Mismatch($"model: it fails on a picture of zeros: {error.Message}");
        }
    }

    private static long[] UnitOutput(OutputSpec output, int index, OrtValue value, int batch)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.ElementDataType != TensorElementType.Float)
            throw Mismatch($"outputs[{index}]: '{output.Name}' is {info.ElementDataType} in the graph; only Float32 is read");
        var shape = info.Shape;
        if (shape.Length == 0 || shape[0] != batch)
            throw Mismatch($"outputs[{index}]: '{output.Name}' has shape [{string.Join(", ", shape)}] for a batch of {batch}; its first axis must be the batch");
        var width = info.ElementCount / batch;
        var single = output.Kind is OutputKind.SigmoidLogit or OutputKind.Probability;
        if (width > LargestOutput) throw Mismatch($"outputs[{index}]: '{output.Name}' has {width} values a unit, which is no score");
        if (output.Polarity!.FakeIndex >= width)
            throw Mismatch($"outputs[{index}].polarity.fakeIndex: {output.Polarity.FakeIndex}, but '{output.Name}' has {width} values");
        if (single && output.Polarity.FakeIndex is null && width != 1)
            throw Mismatch($"outputs[{index}].kind: {output.Kind} with highIsFake is one value, '{output.Name}' has {width}; give polarity.fakeIndex");
        if (!single && width < 2) throw Mismatch($"outputs[{index}].kind: {output.Kind} wants a value a class, '{output.Name}' has one");
        return shape[1..];
    }

    private static DetectorException Mismatch(string message) => new("ModelMismatch", message);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Take(16).Select(name => $"'{name}'"));
}
