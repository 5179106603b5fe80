using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>Detectors with their models found, and with the detectors that they refer to by name.</summary>
internal static class DetectorSet
{
    /// <summary>All detectors, each with the files that <c>--model</c> names in place of its addresses.</summary>
    internal static IReadOnlyList<ResolvedDetector> Resolve(IReadOnlyList<DetectorDocument> documents, ModelFiles? files)
    {
        var models = documents.Count(document => document.ModelUri is not null);
        ResolvedDetector[] all =
            [.. documents.Select(document => new ResolvedDetector(document.Name, 1, Located(document.Spec!, files, only: models == 1)))];
        var helpers = all.Where(detector => detector.Spec.Role != DetectorRole.Detector).ToArray();
        return [.. all.Select(detector => detector with { Helpers = [.. helpers.Where(helper => NamesOf(detector.Spec).Contains(helper.Name))] })];
    }

    /// <summary>Those that score media.</summary>
    /// <exception cref="UsageException">There is none, or one that it refers to is missing.</exception>
    internal static IReadOnlyList<ResolvedDetector> Scoring(IReadOnlyList<ResolvedDetector> all)
    {
        ResolvedDetector[] scoring = [.. all.Where(detector => detector.Spec.Role == DetectorRole.Detector)];
        if (scoring.Length == 0)
            throw new UsageException("--detector: none of them has role Detector; FaceDetector and VoiceActivity only serve others");
        foreach (var detector in scoring)
        {
            Require(detector, "spec.face.detector", detector.Spec.Face?.Detector, DetectorRole.FaceDetector);
            Require(detector, "spec.audio.voiceActivity", detector.Spec.Audio?.VoiceActivity, DetectorRole.VoiceActivity);
        }
        return scoring;
    }

    private static void Require(ResolvedDetector detector, string field, string? name, DetectorRole role)
    {
        if (name is not null && !detector.Helpers.Any(helper => helper.Name == name && helper.Spec.Role == role))
            throw new UsageException($"detector '{detector.Name}': {field}: no --detector file holds '{name}' with role {role}; give that too");
    }

    private static string?[] NamesOf(DetectorSpec spec) => [spec.Face?.Detector, spec.Audio?.VoiceActivity];

    private static DetectorSpec Located(DetectorSpec spec, ModelFiles? files, bool only)
    {
        if (files is null) return spec;
        if (spec.Model is { } model && files.Find(model.Uri, model.Sha256, only) is { } file)
            spec = spec with { Model = model with { Uri = ModelFiles.UriOf(file) } };
        // The golden input may lie beside the model.
        if (spec.Conformance is { Input: var input } conformance && files.Find(input.Uri, input.Sha256, only: false) is { } golden)
            spec = spec with { Conformance = conformance with { Input = input with { Uri = ModelFiles.UriOf(golden) } } };
        return spec;
    }
}
