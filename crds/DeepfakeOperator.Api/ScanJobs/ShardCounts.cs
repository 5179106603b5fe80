namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Shards by state.</summary>
public sealed record ShardCounts
{
    /// <summary>Not begun.</summary>
    public int Pending { get; init; }

    /// <summary>Begun.</summary>
    public int Running { get; init; }

    /// <summary>Done.</summary>
    public int Succeeded { get; init; }

    /// <summary>Running one item at a time because they killed workers.</summary>
    public int Quarantined { get; init; }
}
