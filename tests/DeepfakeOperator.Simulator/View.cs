using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>What a scaler may know of the world: what an operator sees in Kafka and in the API server.</summary>
internal sealed record View
{
    public required double Now { get; init; }

    public required bool OffsetsKnown { get; init; }

    /// <summary>Items that wait or are under way.</summary>
    public required long Lag { get; init; }

    /// <summary>Items done by workers that had more to do than they could.</summary>
    public required long ProcessedByBusy { get; init; }

    /// <summary>How long those were at it, all together.</summary>
    public required double BusySeconds { get; init; }

    /// <summary>Items per second of each ready worker that has worked long enough to tell, by the number of its pod.</summary>
    public IReadOnlyDictionary<int, double> Rates { get; init; } = new Dictionary<int, double>();

    public int Shards { get; init; }

    public IReadOnlyList<PartitionDemand> Partitions { get; init; } = [];

    public required int Ready { get; init; }

    public required int Pending { get; init; }

    public required double PendingFor { get; init; }

    /// <summary>Mean of the start-ups that have ended; null: none has.</summary>
    public required double? StartUp { get; init; }
}
