namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Speed and what is left.</summary>
public sealed record ThroughputStatus
{
    /// <summary>Items per second over the last minute, one decimal, as a string because CRDs have no exact floats.</summary>
    public string? ItemsPerSecond { get; init; }

    /// <summary>When the batch will end at this speed.</summary>
    public DateTimeOffset? EstimatedCompletionTime { get; init; }

    /// <summary>Offsets not yet processed.</summary>
    public long Lag { get; init; }
}
