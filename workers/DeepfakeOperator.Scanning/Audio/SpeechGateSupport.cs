using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.ML.OnnxRuntime;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>What this worker can run as a voice-activity model.</summary>
internal static class SpeechGateSupport
{
    /// <summary>Everything that stands in the way, each naming its field; empty: it can run.</summary>
    internal static IReadOnlyList<string> Problems(DetectorSpec spec) => [.. Shape(spec), .. Inputs(spec)];

    /// <summary>The tensors by name.</summary>
    /// <exception cref="DetectorException">The graph has others.</exception>
    internal static void Check(DetectorSpec spec, InferenceSession session)
    {
        var (inputs, outputs) = (session.InputMetadata.Keys.ToArray(), session.OutputMetadata.Keys.ToArray());
        for (var i = 0; i < spec.Inputs.Count; i++)
        {
            if (!inputs.Contains(spec.Inputs[i].Name))
                throw Mismatch($"inputs[{i}].name: the graph has no input '{spec.Inputs[i].Name}'; it has {Names(inputs)}");
            if (spec.Inputs[i].State is { } state && !outputs.Contains(state))
                throw Mismatch($"inputs[{i}].state: the graph has no output '{state}'; it has {Names(outputs)}");
        }
        if (inputs.Except(spec.Inputs.Select(input => input.Name)).ToArray() is { Length: > 0 } missing)
            throw Mismatch($"inputs: the graph also has {Names(missing)}; give each a state or a value");
        if (!outputs.Contains(spec.Outputs[0].Name))
            throw Mismatch($"outputs[0].name: the graph has no output '{spec.Outputs[0].Name}'; it has {Names(outputs)}");
    }

    private static IEnumerable<string> Shape(DetectorSpec spec)
    {
        if (spec.Role != DetectorRole.VoiceActivity) yield return $"role: {spec.Role} cannot be named by audio.voiceActivity; VoiceActivity can";
        if (spec.Model is null) yield return "model: required";
        if (spec.Audio is not { } audio)
        {
            yield return "audio: required";
            yield break;
        }
        if (audio.Crop != AudioCrop.Slide || audio.Hop <= 0 || audio.Hop > audio.Samples)
            yield return "audio.crop, audio.hop: a VoiceActivity model listens to all of a recording; crop Slide with a hop of at most audio.samples";
        if (audio.Frontend.Kind != FrontendKind.Raw)
            yield return $"audio.frontend.kind: {audio.Frontend.Kind} is not supported for role VoiceActivity; Raw is";
        if (audio.Normalise != AudioNormalise.None) yield return "audio.normalise: without effect for role VoiceActivity; remove it";
        if (spec.Outputs.Count != 1 || spec.Outputs[0].Kind is not (OutputKind.Probability or OutputKind.SigmoidLogit))
            yield return "outputs: a VoiceActivity model has one, of kind Probability or SigmoidLogit";
    }

    private static IEnumerable<string> Inputs(DetectorSpec spec)
    {
        if (spec.Inputs.Count(input => input.State is null && input.Value is null) != 1)
            yield return "inputs: exactly one takes the samples; the others have a state or a value";
        for (var i = 0; i < spec.Inputs.Count; i++)
        {
            var input = spec.Inputs[i];
            if (input.State is null && input.Value is null && input.Layout is not (TensorLayout.NT or TensorLayout.N1T))
                yield return $"inputs[{i}].layout: {input.Layout} is not that of samples; NT or N1T";
            var fits = input.Type == TensorType.Float32 || (input.Value is not null && input.Type == TensorType.Int64);
            if (!fits) yield return $"inputs[{i}].type: {input.Type} is not supported; Float32, or Int64 for a value";
        }
    }

    private static DetectorException Mismatch(string message) => new("ModelMismatch", message);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Take(16).Select(name => $"'{name}'"));
}
