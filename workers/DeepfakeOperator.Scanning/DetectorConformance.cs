using System.Collections.Concurrent;
using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>Runs a detector's golden input through the worker's own pipeline and compares the raw outputs.</summary>
public static class DetectorConformance
{
    private const string ItemId = "conformance";

    /// <summary>
    /// Loads the model on the CPU, checks its sha256 and the named tensors against the graph, scans the conformance input and compares. Never throws
    /// for a bad detector: <see cref="DetectorCheck.Passed"/> is false and the message names the field.
    /// </summary>
    public static async Task<DetectorCheck> CheckAsync(ResolvedDetector detector, ScanPipelineOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            if (detector.Spec.Role == DetectorRole.VoiceActivity) return await VoiceActivityAsync(detector, options, ct);
            await using var golden = await GoldenRun.StartAsync(detector, options, ct);
            if (detector.Spec.Conformance is not { Expected.Count: > 0 } conformance)
                return Missing;
            var bytes = await new ModelStore(options).ReadAsync("conformance.input", conformance.Input.Uri, conformance.Input.Sha256, ct);
            return Compare(await golden.OutputsAsync(bytes, ct), detector.Spec) is not { } worst
                ? Unfit
                : worst.Delta <= conformance.Tolerance
                    ? Passed(golden.Provider, conformance, worst)
                    : await DifferAsync(detector, options, golden, bytes, worst, ct);
        }
        catch (DetectorException error)
        {
            return Failed(error.Reason, error.Message);
        }
        catch (ScanPipelineItemException error)
        {
            return Failed("ConformanceInputInvalid", $"conformance.input: {error.Message}");
        }
        catch (PodFatalException error)
        {
            return Failed("ProviderMissing", error.Message);
        }
    }

    private static DetectorCheck Passed(string provider, ConformanceSpec conformance, Difference worst) => new()
    {
        Passed = true,
        Reason = "Conformant",
        Message = Text($"model loaded, sha256 matched, outputs reproduced within {conformance.Tolerance} (worst difference {worst.Delta:G3})"),
        Provider = provider,
        WorstDelta = worst.Delta,
    };

    private static async Task<DetectorCheck> DifferAsync(
        ResolvedDetector detector, ScanPipelineOptions options, GoldenRun golden, byte[] bytes, Difference worst, CancellationToken ct)
    {
        var conformance = detector.Spec.Conformance!;
        var likely = detector.Spec.Modality == Modality.Audio ? "audio.* or model may be wrong" : "image.* or model may be wrong";
        foreach (var suspect in ConformanceSuspects.Of(detector.Spec))
        {
            if (!await AgreesAsync(detector with { Spec = suspect.Spec }, options, bytes, ct)) continue;
            likely = suspect.Hint;
            break;
        }
        return Differ(golden.Provider, conformance, worst, likely);
    }

    private static DetectorCheck Differ(string provider, ConformanceSpec conformance, Difference worst, string likely) =>
        Failed("OutputsDiffer", Text($"output {worst.What} is {worst.Actual:G7}, conformance.expected says {worst.Expected:G7} (tolerance {conformance.Tolerance}); {likely}"))
            with { Provider = provider, WorstDelta = double.IsFinite(worst.Delta) ? worst.Delta : null };

    /// <summary>A voice-activity model runs on its own; the expected values are those of one window after the other, so that its state is checked too.</summary>
    private static async Task<DetectorCheck> VoiceActivityAsync(ResolvedDetector detector, ScanPipelineOptions options, CancellationToken ct)
    {
        var store = new ModelStore(options);
        using var gate = await SpeechGate.LoadAsync(detector, store, options.LoggerFactory.CreateLogger<SpeechGate>(), ct);
        if (detector.Spec.Conformance is not { Expected.Count: > 0 } conformance) return Missing;
        var bytes = await store.ReadAsync("conformance.input", conformance.Input.Uri, conformance.Input.Sha256, ct);
        var heard = gate.Listen(await AudioDecoder.DecodeAsync(bytes, gate.SampleRate, options, ct));
        var provider = ExecutionProvider.CPU.ToString();
        if (Compare([[.. heard]], detector.Spec) is not { } worst) return Unfit;
        return worst.Delta <= conformance.Tolerance
            ? Passed(provider, conformance, worst)
            : Differ(provider, conformance, worst, "audio.*, inputs[].state or model may be wrong");
    }

    private static async Task<bool> AgreesAsync(ResolvedDetector detector, ScanPipelineOptions options, byte[] bytes, CancellationToken ct)
    {
        try
        {
            await using var golden = await GoldenRun.StartAsync(detector, options, ct);
            return Compare(await golden.OutputsAsync(bytes, ct), detector.Spec)?.Delta <= detector.Spec.Conformance!.Tolerance;
        }
        catch (DetectorException)
        {
            return false;
        }
    }

    /// <summary>The largest difference, or null where the expected values do not fit the outputs. Not a number counts as infinitely far.</summary>
    private static Difference? Compare(IReadOnlyList<float[]> outputs, DetectorSpec spec)
    {
        var worst = new Difference(-1, "", 0, 0);
        foreach (var expected in spec.Conformance!.Expected)
        {
            var index = spec.Outputs.ToList().FindIndex(output => output.Name == expected.Output);
            if (index < 0 || expected.Values.Count == 0 || expected.Values.Count > outputs[index].Length) return null;
            for (var i = 0; i < expected.Values.Count; i++)
            {
                var delta = Math.Abs(outputs[index][i] - expected.Values[i]);
                if (double.IsNaN(delta)) delta = double.PositiveInfinity;
                if (delta > worst.Delta) worst = new Difference(delta, $"'{expected.Output}'[{i}]", outputs[index][i], expected.Values[i]);
            }
        }
        return worst;
    }

    private static DetectorCheck Missing => Failed("ConformanceMissing", "conformance: an input with expected outputs is required before a detector is Ready");

    private static DetectorCheck Unfit => Failed("DescriptorInvalid", "conformance.expected: each needs the name of one of outputs, and no more values than it has");

    private static DetectorCheck Failed(string reason, string message) => new() { Passed = false, Reason = reason, Message = message };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Difference(double Delta, string What, double Actual, double Expected);

    /// <summary>A pipeline with one detector, without gates, whose raw outputs are listened to.</summary>
    private sealed class GoldenRun(ConcurrentQueue<RawOutputs> heard) : IAsyncDisposable
    {
        private ScanPipeline? _pipeline;

        internal string Provider => _pipeline!.Provider;

        internal static async Task<GoldenRun> StartAsync(ResolvedDetector detector, ScanPipelineOptions options, CancellationToken ct)
        {
            var run = new GoldenRun([]);
            try
            {
                run._pipeline = await ScanPipeline.StartAsync(Configuration(detector), options with { RawOutputs = run.Hear }, ct);
                return run;
            }
            catch (PodFatalException error) when (error.InnerException is DetectorException inner)
            {
                throw inner;
            }
        }

        /// <summary>Raw outputs of the input's first unit.</summary>
        /// <exception cref="DetectorException">It is no input that the detector takes.</exception>
        internal async Task<IReadOnlyList<float[]>> OutputsAsync(byte[] bytes, CancellationToken ct)
        {
            var done = new TaskCompletionSource<ItemOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            var item = new SourceItem { Id = ItemId, Inline = bytes, Position = new SourcePosition("", 0, 0) };
            await _pipeline!.SubmitAsync(item, done.SetResult, ct);
            var outcome = await done.Task.WaitAsync(ct);
            // A value that makes no sense is reported as a difference, so that the likely field is named.
            if (heard.MinBy(outputs => outputs.Unit) is { } first) return first.Values;
            throw new DetectorException("ConformanceInputInvalid", $"conformance.input: {outcome.Failure?.Message ?? outcome.Verdict!.Reason}");
        }

        public ValueTask DisposeAsync() => _pipeline?.DisposeAsync() ?? ValueTask.CompletedTask;

        private void Hear(RawOutputs outputs) => heard.Enqueue(outputs);

        private static ScanConfiguration Configuration(ResolvedDetector detector) => new()
        {
            Namespace = "",
            Name = "",
            Uid = "",
            Spec = new ScanJobSpec { Workers = new WorkersSpec { Accelerator = new AcceleratorSpec { Providers = [ExecutionProvider.CPU] } } },
            Detectors = [detector with { Spec = detector.Spec with { Gates = new GatesSpec() } }],
        };
    }
}
