using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>
/// A voice-activity model: where in a recording somebody speaks. It goes through the recording window by window and hands its state on, so it runs
/// alone, on the processor, on the thread that decodes; a small model takes a thousandth of the recording's length.
/// </summary>
internal sealed class SpeechGate : IDisposable
{
    private readonly DetectorSpec _spec;
    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    private SpeechGate(DetectorSpec spec, InferenceSession session)
    {
        (_spec, _session) = (spec, session);
        _inputs = [.. spec.Inputs.Select(input => input.Name)];
        _outputs = [spec.Outputs[0].Name, .. spec.Inputs.Where(input => input.State is not null).Select(input => input.State!)];
    }

    internal int SampleRate => _spec.Audio!.SampleRate;

    /// <summary>Reads the model and checks it against the descriptor, by listening to a window of silence.</summary>
    /// <exception cref="DetectorException">The descriptor or the model cannot be run.</exception>
    internal static async Task<SpeechGate> LoadAsync(ResolvedDetector detector, ModelStore store, ILogger logger, CancellationToken ct)
    {
        var problems = SpeechGateSupport.Problems(detector.Spec);
        if (problems.Count > 0) throw new DetectorException("DescriptorInvalid", string.Join("; ", problems));
        var bytes = await store.ReadAsync("model", detector.Spec.Model!.Uri, detector.Spec.Model.Sha256, ct);
        var gate = new SpeechGate(detector.Spec, SessionFactory.Open(bytes, detector.Name, [ExecutionProvider.CPU], logger).Session);
        try
        {
            SpeechGateSupport.Check(detector.Spec, gate._session);
            gate.Listen(new Recording(new float[1], gate.SampleRate));
            return gate;
        }
        catch (OnnxRuntimeException error)
        {
            gate.Dispose();
            throw new DetectorException("ModelMismatch", $"model: it fails on silence: {error.Message}", error);
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>How sure the model is of speech in each window, a hop after the other.</summary>
    internal IReadOnlyList<float> Listen(Recording recording)
    {
        var audio = _spec.Audio!;
        var samples = recording.Samples.Span;
        var heard = new List<float>((samples.Length / audio.Hop) + 1);
        using var options = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        var window = new float[audio.Samples];
        using var tensors = new SpeechTensors(_spec, window);
        // A window longer than a hop begins with the end of the one before, the first with silence.
        var context = audio.Samples - audio.Hop;
        for (var start = -context; start + context < samples.Length; start += audio.Hop)
        {
            for (var i = 0; i < window.Length; i++) window[i] = start + i >= 0 && start + i < samples.Length ? samples[start + i] : 0;
            var results = _session.Run(options, _inputs, tensors.Values, _outputs);
            var value = results[0].GetTensorDataAsSpan<float>()[0];
            heard.Add(_spec.Outputs[0].Kind == OutputKind.SigmoidLogit ? (float)Verdicts.RawScore.Sigmoid(value) : value);
            tensors.HandOn(results);
        }
        return heard;
    }

    /// <summary>
    /// Where somebody speaks, in seconds: windows at or above aggregation.threshold, and one more on each side, since words begin and end softly.
    /// </summary>
    internal IReadOnlyList<(double From, double To)> Speech(Recording recording)
    {
        var heard = Listen(recording);
        var hop = (double)_spec.Audio!.Hop / SampleRate;
        var stretches = new List<(double From, double To)>();
        for (var i = 0; i < heard.Count; i++)
        {
            var near = Math.Max(0, i - 1);
            if (!heard.Skip(near).Take(i + 2 - near).Any(value => value >= _spec.Aggregation.Threshold)) continue;
            if (stretches.Count > 0 && stretches[^1].To == i * hop) stretches[^1] = (stretches[^1].From, (i + 1) * hop);
            else stretches.Add((i * hop, (i + 1) * hop));
        }
        return stretches;
    }

    public void Dispose() => _session.Dispose();
}
