namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Where verdicts go.</summary>
public sealed record ResultsSpec
{
    /// <summary>Topics of the source's Kafka cluster, exactly once.</summary>
    public KafkaResultsSpec Kafka { get; init; } = new();

    /// <summary>Second sink through the Dapr sidecar, at least once; null: none.</summary>
    public DaprResultsSpec? Dapr { get; init; }
}
