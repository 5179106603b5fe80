namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>How a batch is cut.</summary>
public sealed record ShardSpec
{
    /// <summary>Offsets in a shard; the last tenth of the items is cut four times as fine.</summary>
    public int Items { get; init; } = 512;
}
