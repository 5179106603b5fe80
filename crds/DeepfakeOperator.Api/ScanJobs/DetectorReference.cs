namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>A Detector of the ScanJob's namespace, else a ClusterDetector, of that name.</summary>
public sealed record DetectorReference
{
    /// <summary>Name of the Detector or ClusterDetector.</summary>
    public string Name { get; init; } = "";

    /// <summary>Weight in the ensemble; > 0, with method Logistic any number.</summary>
    public double Weight { get; init; } = 1.0;

    /// <summary>TwoTier only: the one of <c>ensemble.families</c> it belongs to.</summary>
    public string? Family { get; init; }
}
