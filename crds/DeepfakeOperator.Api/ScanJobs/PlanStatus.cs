namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The frozen plan of a batch.</summary>
public sealed record PlanStatus
{
    /// <summary>Offsets to read; the number of items where the source has no gaps.</summary>
    public long Items { get; init; }

    /// <summary>Shards they are cut into.</summary>
    public int Shards { get; init; }

    /// <summary>Source partitions with work.</summary>
    public int Partitions { get; init; }

    /// <summary>When the offsets were frozen.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
