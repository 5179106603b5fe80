namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Where items come from and where their media may be fetched from.</summary>
public sealed record SourceSpec
{
    /// <summary>The topics that hold the items.</summary>
    public KafkaSourceSpec Kafka { get; init; } = new();

    /// <summary>What a worker may fetch.</summary>
    public MediaSpec Media { get; init; } = new();
}
