namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Which faces of a frame are looked at.</summary>
public sealed record FaceSamplingSpec
{
    /// <summary>Most faces of one frame, largest first.</summary>
    public int Max { get; init; } = 4;

    /// <summary>Smallest side of a face box, in pixels of the original.</summary>
    public int MinSize { get; init; } = 64;
}
