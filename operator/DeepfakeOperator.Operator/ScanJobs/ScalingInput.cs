namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>What is known when the number of workers is chosen.</summary>
internal sealed record ScalingInput
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Since the job started or was resumed.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>False: an offset could not be read, so nothing is known of the work that is left.</summary>
    public required bool OffsetsKnown { get; init; }

    /// <summary>Batch: items not yet processed.</summary>
    public long Left { get; init; }

    /// <summary>Batch: shards not yet done.</summary>
    public int Shards { get; init; }

    /// <summary>Stream: the source partitions.</summary>
    public IReadOnlyList<PartitionDemand> Partitions { get; init; } = [];

    /// <summary>Items per second of a worker that has work, as measured or expected; null: nobody knows yet.</summary>
    public double? RatePerWorker { get; init; }

    /// <summary>Batch: the same of each ready worker that has worked long enough to tell; the others count as <see cref="RatePerWorker"/>.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [];

    /// <summary>Batch: items per second of the average worker that this job ever had, the expected one among them; null: none is known.</summary>
    public double? TypicalRate { get; init; }

    /// <summary>Workers at work.</summary>
    public required int Ready { get; init; }

    /// <summary>Workers asked for and not yet ready.</summary>
    public required int Pending { get; init; }

    /// <summary>How long the pending ones have been starting, on average.</summary>
    public TimeSpan PendingFor { get; init; }

    /// <summary>From being asked for to ready, as seen so far (image pull, engine build); null: none was seen.</summary>
    public TimeSpan? StartUp { get; init; }

    /// <summary>Null: this operator has not decided before.</summary>
    public ScalingDecision? Last { get; init; }
}
