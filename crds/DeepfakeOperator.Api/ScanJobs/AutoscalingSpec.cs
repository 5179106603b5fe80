using System.Text.Json.Serialization;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>What the operator aims at when it chooses the number of workers.</summary>
public sealed record AutoscalingSpec
{
    /// <summary>Wished duration of a batch; null: as fast as <c>workers.max</c> allows.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? TargetCompletion { get; init; }

    /// <summary>Expected rate of one worker until it is measured; null: assume nothing.</summary>
    public double? ItemsPerWorkerPerSecond { get; init; }

    /// <summary>How long less must be enough before a worker is drained.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan ScaleDownDelay { get; init; } = TimeSpan.FromSeconds(120);
}
