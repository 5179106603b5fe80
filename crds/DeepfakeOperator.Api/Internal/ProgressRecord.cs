using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Api.Internal;

/// <summary>
/// A shard's checkpoint: the value of a record of the progress topic, keyed like the shard. Counts are cumulative since the shard's start, so the latest
/// record alone says all.
/// </summary>
public sealed record ProgressRecord
{
    /// <summary>Number of the shard in the plan.</summary>
    public required int Index { get; init; }

    /// <summary>Everything below this source offset is published.</summary>
    public required long NextOffset { get; init; }

    /// <summary>Items by outcome so far.</summary>
    public required ItemCounts Items { get; init; }

    /// <summary>True once the position has reached the shard's end.</summary>
    public bool Done { get; init; }

    /// <summary>Slot of the worker that wrote this.</summary>
    public int Slot { get; init; }

    /// <summary>At most ten highest scoring items of the shard.</summary>
    public IReadOnlyList<Finding> Top { get; init; } = [];
}
