using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Audio;

/// <summary>Finds the voice-activity model that a detector names.</summary>
internal static class SpeechGates
{
    /// <summary>The loaded model; null where the detector names none.</summary>
    /// <exception cref="DetectorException">It is not there, or cannot be run.</exception>
    internal static async Task<SpeechGate?> ForAsync(ResolvedDetector detector, ModelStore store, ILogger logger, CancellationToken ct)
    {
        if (detector.Spec.Audio?.VoiceActivity is not { } name) return null;
        var helper = detector.Helpers.FirstOrDefault(helper => helper.Name == name)
            ?? throw new DetectorException("HelperMissing", $"audio.voiceActivity: there is no Detector or ClusterDetector '{name}'");
        try
        {
            return await SpeechGate.LoadAsync(helper, store, logger, ct);
        }
        catch (DetectorException error)
        {
            throw new DetectorException(error.Reason, $"audio.voiceActivity '{name}': {error.Message}", error);
        }
    }
}
