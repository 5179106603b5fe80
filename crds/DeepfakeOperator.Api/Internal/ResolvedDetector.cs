using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Api.Internal;

/// <summary>A detector reference together with what it refers to.</summary>
/// <param name="Name">Name of the Detector or ClusterDetector.</param>
/// <param name="Weight">Weight in the ensemble.</param>
/// <param name="Spec">The descriptor.</param>
public sealed record ResolvedDetector(string Name, double Weight, DetectorSpec Spec)
{
    /// <summary>The family in the ensemble; null: none.</summary>
    public string? Family { get; init; }

    /// <summary>The detectors of role FaceDetector and VoiceActivity that <see cref="Spec"/> names.</summary>
    public IReadOnlyList<ResolvedDetector> Helpers { get; init; } = [];
}
