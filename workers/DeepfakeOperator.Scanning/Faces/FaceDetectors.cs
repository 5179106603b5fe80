using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Verdicts;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Which face detectors a job needs.</summary>
internal static class FaceDetectors
{
    /// <summary>The face detector that a descriptor needs, or null.</summary>
    internal static string? Of(DetectorSpec spec) =>
        spec.Face is { } face && (spec.Modality is Modality.Face or Modality.FaceClip || Gates.NeedFaces(spec.Gates)) ? face.Detector : null;

    /// <summary>Loads the face detector that a detector needs, unless another has brought it.</summary>
    /// <exception cref="DetectorException">It is missing, or cannot do what is asked of it.</exception>
    internal static async Task LoadAsync(
        ResolvedDetector detector, List<ModelSession> loaded, IReadOnlyList<ExecutionProvider> providers, ModelStore store, ILogger logger, CancellationToken ct)
    {
        if (Of(detector.Spec) is not { } name) return;
        var helper = detector.Helpers.FirstOrDefault(helper => helper.Name == name)
            ?? throw Invalid($"face.detector: there is no detector '{name}' at hand; add one of role FaceDetector");
        if (helper.Spec.Role != DetectorRole.FaceDetector) throw Invalid($"face.detector: '{name}' has role {helper.Spec.Role}, not FaceDetector");
        if (FaceCrop.NeedsLandmarks(detector.Spec.Face!) && helper.Spec.Boxes?.Levels.All(level => level.Landmarks is null) != false)
            throw Invalid($"face.alignment, face.box: need five landmarks, and face detector '{name}' gives none (its boxes.levels[].landmarks)");
        if (loaded.Exists(session => session.Detector.Name == name)) return;
        try
        {
            loaded.Add(await ModelSession.LoadAsync(helper, providers, store, logger, ct));
        }
        catch (DetectorException error)
        {
            throw new DetectorException(error.Reason, $"face.detector '{name}': {error.Message}", error);
        }
    }

    /// <summary>The lowest score that any of the detectors it works for counts.</summary>
    internal static double MinScore(ModelSession finder, ScanConfiguration configuration) =>
        configuration.Detectors.Where(detector => Of(detector.Spec) == finder.Detector.Name).Min(detector => detector.Spec.Face!.MinScore);

    private static DetectorException Invalid(string message) => new("DescriptorInvalid", message);
}
