namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Detectors that count as one in the ensemble.</summary>
public sealed record DetectorFamily
{
    /// <summary>The name that <c>detectors[].family</c> refers to.</summary>
    public string Name { get; init; } = "";

    /// <summary>Weight before the softmax over the families.</summary>
    public double Weight { get; init; }
}
