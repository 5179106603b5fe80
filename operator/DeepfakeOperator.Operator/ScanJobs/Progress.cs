using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>How far a batch is: a snapshot of <see cref="ProgressFold"/>.</summary>
internal sealed record Progress
{
    public required ItemCounts Items { get; init; }

    public required ShardCounts Shards { get; init; }

    public required IReadOnlyList<Finding> Top { get; init; }

    /// <summary>Offsets not yet processed.</summary>
    public required long Lag { get; init; }

    /// <summary>Items per second over the last minute.</summary>
    public required double Rate { get; init; }

    /// <summary>When the batch ends at this speed; null while nothing moves.</summary>
    public DateTimeOffset? EstimatedCompletion { get; init; }

    /// <summary>How many shards, from the first, are dealt.</summary>
    public required int Dealt { get; init; }

    /// <summary>What each partition of the shards topic still has to do.</summary>
    public required IReadOnlyList<PartitionLoad> Loads { get; init; }

    /// <summary>Slots whose worker has work under way, or was the last to have a partition that still has some.</summary>
    public required IReadOnlySet<int> BusySlots { get; init; }

    /// <summary>Every shard of the plan is done, so the counts are final.</summary>
    public required bool AllDone { get; init; }
}
