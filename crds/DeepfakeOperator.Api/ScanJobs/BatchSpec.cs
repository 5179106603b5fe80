using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How items are batched for the model.</summary>
public sealed record BatchSpec
{
    /// <summary>Most units (images, frames, faces, clips) in one run.</summary>
    public int MaxSize { get; init; } = 32;

    /// <summary>How long the first unit of a batch waits for company.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(20);
}
