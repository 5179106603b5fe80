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
        Units = UnitFactories.For(detector.Spec);
        Inputs = [.. detector.Spec.Inputs.Zip(Units.Shapes, InputTensor.Of)];
    }

    internal ResolvedDetector Detector { get; }

    internal InferenceSession Session { get; }

    /// <summary>Where it runs; proved by opening.</summary>
    internal ExecutionProvider Provider { get; }

    /// <summary>What makes its units.</summary>
    internal IUnitFactory Units { get; }

    /// <summary>In the order of the descriptor.</summary>
    internal IReadOnlyList<InputTensor> Inputs { get; }

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
        if (graph.Keys.Except(Inputs.Select(input => input.Name)).ToArray() is { Length: > 0 } missing && Inputs.All(input => graph.ContainsKey(input.Name)))
            throw Mismatch($"inputs: the graph has {graph.Count}: {Names(graph.Keys)}; the descriptor lacks {Names(missing)}");
        for (var i = 0; i < Inputs.Count; i++) CheckInput(i, Inputs[i], graph);
    }

    private void CheckInput(int index, InputTensor input, IReadOnlyDictionary<string, NodeMetadata> graph)
    {
        if (!graph.TryGetValue(input.Name, out var found))
            throw Mismatch($"inputs[{index}].name: the graph has no input '{input.Name}'; it has {Names(graph.Keys)}");
        if (!found.IsTensor || found.ElementDataType != input.Type)
            throw Mismatch($"inputs[{index}].type: '{input.Name}' is {found.ElementDataType} in the graph, {Detector.Spec.Inputs[index].Type} in the descriptor");
        int[] wanted = [-1, .. Array.ConvertAll(input.UnitShape, extent => (int)extent)];
        var axes = found.Dimensions.Length;
        var agrees = axes == wanted.Length && Enumerable.Range(1, axes - 1).All(axis => found.Dimensions[axis] <= 0 || found.Dimensions[axis] == wanted[axis]);
        if (!agrees)
        {
            var what = Detector.Spec.Modality == Modality.Audio ? "audio" : "image.width or image.height";
            throw Mismatch($"inputs[{index}].shape, inputs[{index}].layout, {what}: '{input.Name}' is [{string.Join(", ", found.Dimensions)}] "
                + $"in the graph, the descriptor makes [{string.Join(", ", wanted)}]");
        }
        var batch = found.Dimensions[0];
        if (batch > 0 && Detector.Spec.MaxBatch != batch)
            throw Mismatch($"maxBatch: the graph's batch axis is fixed at {batch}, the descriptor says {Detector.Spec.MaxBatch}");
        if (batch > 1) throw Mismatch($"inputs[{index}].shape: a batch axis fixed at {batch} is not supported; export the model with a free one, or 1");
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
        var zeros = Inputs.Select(input => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.Type, [size, .. input.UnitShape])).ToArray();
        foreach (var zero in zeros) zero.GetTensorMutableRawData().Clear();
        using var options = new RunOptions();
        using var results = Run(options, zeros, [.. outputs.Select(output => output.Name)]);
        foreach (var zero in zeros) zero.Dispose();
        OutputShapes = [.. outputs.Select((output, i) => UnitOutput(output, i, results[i], size))];
        OutputWidths = [.. OutputShapes.Select(shape => (int)shape.Aggregate(1L, (product, extent) => product * extent))];
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(RunOptions options, OrtValue[] inputs, string[] outputs)
    {
        try
        {
            return Session.Run(options, [.. Inputs.Select(input => input.Name)], inputs, outputs);
        }
        catch (OnnxRuntimeException error)
        {
            throw Mismatch($"model: it fails on inputs of zeros: {error.Message}");
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
