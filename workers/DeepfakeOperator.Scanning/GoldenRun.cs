using System.Collections.Concurrent;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning;

/// <summary>A pipeline with one detector, without gates, whose raw outputs are listened to.</summary>
internal sealed class GoldenRun : IAsyncDisposable
{
    private readonly ConcurrentQueue<RawOutputs> _heard = new();
    private ScanPipeline? _pipeline;

    internal string Provider => _pipeline!.Provider;

    /// <exception cref="DetectorException">The detector cannot be run.</exception>
    internal static async Task<GoldenRun> StartAsync(ResolvedDetector detector, ScanPipelineOptions options, CancellationToken ct)
    {
        var run = new GoldenRun();
        try
        {
            run._pipeline = await ScanPipeline.StartAsync(Configuration(detector), options with { RawOutputs = run._heard.Enqueue }, ct);
            return run;
        }
        catch (PodFatalException error) when (error.InnerException is DetectorException inner)
        {
            throw inner;
        }
    }

    /// <summary>What the input's first unit gives.</summary>
    /// <exception cref="DetectorException">It is no input that the detector takes.</exception>
    internal async Task<GoldenOutputs> ScanAsync(byte[] bytes, CancellationToken ct)
    {
        var done = new TaskCompletionSource<ItemOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var item = new SourceItem { Id = "conformance", Inline = bytes, Position = new SourcePosition("", 0, 0) };
        await _pipeline!.SubmitAsync(item, done.SetResult, ct);
        var outcome = await done.Task.WaitAsync(ct);
        // A value that makes no sense is reported as a difference, so that the likely field is named.
        if (_heard.MinBy(outputs => outputs.Unit) is not { } first)
            throw new DetectorException("ConformanceInputInvalid", $"conformance.input: {outcome.Failure?.Message ?? outcome.Verdict!.Reason}");
        var (units, media) = (outcome.Verdict?.Detectors[0].Units, outcome.Verdict?.Media);
        return new GoldenOutputs(first.Values, units is { Count: > 0 } ? units[0].Score : null, media?.Width ?? 0, media?.Height ?? 0);
    }

    public ValueTask DisposeAsync() => _pipeline?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static ScanConfiguration Configuration(ResolvedDetector detector) => new()
    {
        Namespace = "",
        Name = "",
        Uid = "",
        Spec = new ScanJobSpec
        {
            Workers = new WorkersSpec { Accelerator = new AcceleratorSpec { Providers = [ExecutionProvider.CPU] } },
            Sampling = new SamplingSpec { Faces = new FaceSamplingSpec { MinSize = 1, Max = int.MaxValue } },
        },
        Detectors = [detector with { Spec = GoldenFaces.WithTensors(detector.Spec) with { Gates = new GatesSpec() } }],
    };
}
