namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How much of an item is looked at.</summary>
public sealed record SamplingSpec
{
    /// <summary>Frames of a video.</summary>
    public VideoSamplingSpec Video { get; init; } = new();

    /// <summary>Faces of a frame.</summary>
    public FaceSamplingSpec Faces { get; init; } = new();

    /// <summary>Length of a recording.</summary>
    public AudioSamplingSpec Audio { get; init; } = new();
}
