using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Audio;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>Runs a detector's golden input through the worker's own pipeline and compares the raw outputs.</summary>
public static class DetectorConformance
{
    /// <summary>A wrong polarity, kind or objectness moves a score by far more; rounding when a golden score is written down moves it by less.</summary>
    internal const double ScoreTolerance = 0.005;

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
            var outputs = await golden.ScanAsync(bytes, ct);
            if (Compare(outputs.Values, detector.Spec) is not { } worst) return Unfit;
            if (worst.Delta > conformance.Tolerance) return await DifferAsync(detector, options, golden, bytes, worst, ct);
            if (detector.Spec.Boxes is not null && Faces(detector.Spec, outputs) is { } faces) return faces with { Provider = golden.Provider };
            if (detector.Spec.Role == DetectorRole.Detector && conformance.Score is null)
                return Failed("ConformanceMissing", Text($"conformance.score: required, only it shows a wrong polarity; P(fake) is {outputs.Score:0.####}"));
            return conformance.Score is { } score && !IsNear(outputs.Score, score)
                ? await ScoreDiffersAsync(detector, options, golden, bytes, outputs.Score, ct)
                : Passed(golden.Provider, conformance, worst);
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
        var likely = detector.Spec.Modality == Modality.Audio ? "audio.* or model may be wrong"
            : detector.Spec.Boxes is { } boxes && boxes.Levels.Any(level => worst.What.StartsWith($"'{level.Box}'", StringComparison.Ordinal))
                ? "should the scores agree, its boxes are not decoded as boxes.format says: model is another export, or boxes.format is wrong"
                : detector.Spec.Face is not null ? "face.*, image.* or model may be wrong" : "image.* or model may be wrong";
        var hint = await HintAsync(
            detector, ConformanceSuspects.Of(detector.Spec), options, bytes, (spec, outputs) => Compare(outputs.Values, spec)?.Delta <= conformance.Tolerance, ct);
        return Differ(golden.Provider, conformance, worst, hint ?? likely);
    }

    /// <summary>The tensors are right and P(fake) is not: what they mean is described wrongly.</summary>
    private static async Task<DetectorCheck> ScoreDiffersAsync(
        ResolvedDetector detector, ScanPipelineOptions options, GoldenRun golden, byte[] bytes, double? actual, CancellationToken ct)
    {
        var expected = detector.Spec.Conformance!.Score!.Value;
        var likely = await HintAsync(
            detector, ConformanceSuspects.OfScore(detector.Spec), options, bytes, (_, outputs) => IsNear(outputs.Score, expected), ct)
            ?? "outputs[].kind or outputs[].polarity is wrong";
        return Failed("ScoreDiffers", Text($"the outputs agree, but P(fake) is {actual:G4} and conformance.score says {expected:G4}; {likely}"))
            with { Provider = golden.Provider };
    }

    /// <summary>Raw values say nothing of how they become boxes; the answer is null where the faces agree.</summary>
    private static DetectorCheck? Faces(DetectorSpec spec, GoldenOutputs outputs)
    {
        var (values, width, height) = (outputs.Values, outputs.Width, outputs.Height);
        var found = GoldenFaces.Found(spec, values, width, height);
        if (spec.Conformance!.Boxes.Count == 0) return Failed("ConformanceMissing", $"conformance.boxes: required for role FaceDetector; found were {found}");
        return GoldenFaces.Difference(spec, values, width, height) is { } difference
            ? Failed("BoxesDiffer", $"the outputs agree, but the faces do not: {difference}; found were {found}")
            : null;
    }

    /// <summary>The hint of the first suspect that agrees; null: none does. One that cannot be run is none.</summary>
    private static async Task<string?> HintAsync(
        ResolvedDetector detector, IEnumerable<(string Hint, DetectorSpec Spec)> suspects, ScanPipelineOptions options, byte[] bytes,
        Func<DetectorSpec, GoldenOutputs, bool> agrees, CancellationToken ct)
    {
        foreach (var suspect in suspects)
        {
            try
            {
                await using var golden = await GoldenRun.StartAsync(detector with { Spec = suspect.Spec }, options, ct);
                if (agrees(suspect.Spec, await golden.ScanAsync(bytes, ct))) return suspect.Hint;
            }
            catch (DetectorException)
            {
                // The next one may do.
            }
        }
        return null;
    }

    private static bool IsNear(double? score, double expected) => score is { } given && Math.Abs(given - expected) <= ScoreTolerance;

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
}
