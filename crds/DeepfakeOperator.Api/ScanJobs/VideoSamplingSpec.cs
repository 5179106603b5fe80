using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Which frames of a video are looked at.</summary>
public sealed record VideoSamplingSpec
{
    /// <summary>The rule.</summary>
    public VideoSamplingStrategy Strategy { get; init; } = VideoSamplingStrategy.Uniform;

    /// <summary>Most frames taken from one video.</summary>
    public int Frames { get; init; } = 32;

    /// <summary>Interval only: time from frame to frame.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);
}
