using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Faces;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A loaded model whose tensors are known to be what the descriptor says. Buffers made of it may run at the same time.</summary>
internal sealed class ModelSession : IDisposable
{
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

    /// <summary>The outputs that are read, each once.</summary>
    internal IReadOnlyList<OutputTensor> Outputs { get; private set; } = [];

    /// <summary>What makes boxes of the outputs; null: it is no face detector.</summary>
    internal BoxDecoder? Boxes { get; private set; }

    /// <summary>Values that one unit has in all outputs.</summary>
    internal int Values => Outputs[^1].Start + Outputs[^1].Width;

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
        var wanted = outputs.Select((output, i) => (output.Name, Field: $"outputs[{i}]"))
            .Concat(Detector.Spec.Boxes is { } boxes ? BoxDecoder.Names(boxes).Select(name => (Name: name, Field: "boxes.levels")) : [])
            .DistinctBy(output => output.Name).ToArray();
        foreach (var (name, field) in wanted)
        {
            if (!graph.ContainsKey(name)) throw Mismatch($"{field}.name: the graph has no output '{name}'; it has {Names(graph.Keys)}");
        }
        var size = Detector.Spec.MaxBatch > 1 ? 2 : 1;
        var zeros = Inputs.Select(input => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.Type, [size, .. input.UnitShape])).ToArray();
        foreach (var zero in zeros) zero.GetTensorMutableRawData().Clear();
        using var options = new RunOptions();
        using var results = Run(options, zeros, [.. wanted.Select(output => output.Name)]);
        foreach (var zero in zeros) zero.Dispose();
        var tensors = new List<OutputTensor>();
        for (var i = 0; i < wanted.Length; i++)
            tensors.Add(Tensor(wanted[i].Name, wanted[i].Field, results[i], size, tensors.Count == 0 ? 0 : tensors[^1].Start + tensors[^1].Width));
        Outputs = tensors;
        for (var i = 0; i < outputs.Count; i++) OutputShapes.Check(outputs[i], i, tensors.First(tensor => tensor.Name == outputs[i].Name));
        if (Detector.Spec.Boxes is not null) Boxes = new BoxDecoder(Detector.Spec, Outputs);
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

    private static OutputTensor Tensor(string name, string field, OrtValue value, int batch, int start)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.ElementDataType != TensorElementType.Float)
            throw Mismatch($"{field}: '{name}' is {info.ElementDataType} in the graph; only Float32 is read");
        var shape = info.Shape;
        if (shape.Length == 0 || shape[0] != batch)
            throw Mismatch($"{field}: '{name}' has shape [{string.Join(", ", shape)}] for a batch of {batch}; its first axis must be the batch");
        return new OutputTensor(name, shape[1..], start);
    }

    private static DetectorException Mismatch(string message) => new("ModelMismatch", message);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Take(16).Select(name => $"'{name}'"));
}
