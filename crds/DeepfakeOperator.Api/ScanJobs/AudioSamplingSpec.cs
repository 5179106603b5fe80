namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How much of a recording is listened to.</summary>
public sealed record AudioSamplingSpec
{
    /// <summary>Seconds from the start.</summary>
    public int MaxSeconds { get; init; } = 120;
}
