using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>A rule for choosing frames.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VideoSamplingStrategy>))]
public enum VideoSamplingStrategy
{
    /// <summary>Evenly from the first frame to the last (linspace).</summary>
    Uniform,

    /// <summary>One in each interval, from the start.</summary>
    Interval,

    /// <summary>Intra-coded frames only: cheap, uneven.</summary>
    Keyframes,

    /// <summary>Runs of consecutive frames, as long as the detector's clip, evenly over the duration.</summary>
    Clips,
}
