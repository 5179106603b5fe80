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

    /// <summary>
    /// Starts of a worker at <see cref="NextOffset"/>, the one under way included. Written before the first item, so that a start which kills the worker counts;
    /// 0 after a drain, which is nobody's fault.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>True: the shard killed workers and runs one item at a time, with a checkpoint after each, so that the item at fault is known.</summary>
    public bool Isolated { get; init; }

    /// <summary>Slot of the worker that wrote this.</summary>
    public int Slot { get; init; }

    /// <summary>At most ten highest scoring items of the shard.</summary>
    public IReadOnlyList<Finding> Top { get; init; } = [];
}
