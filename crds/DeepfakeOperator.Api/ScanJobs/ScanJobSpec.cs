namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>What a user asks of a scan.</summary>
public sealed record ScanJobSpec
{
    /// <summary>Finite backlog or endless stream. Immutable.</summary>
    public ScanMode Mode { get; init; } = ScanMode.Batch;

    /// <summary>True: workers are drained and none is started, all progress is kept (Kueue sets this).</summary>
    public bool Suspend { get; init; }

    /// <summary>Where the media comes from.</summary>
    public SourceSpec Source { get; init; } = new();

    /// <summary>The detectors to run; those of one modality form an ensemble.</summary>
    public IReadOnlyList<DetectorReference> Detectors { get; init; } = [];

    /// <summary>How the detectors' scores become one score.</summary>
    public EnsembleSpec Ensemble { get; init; } = new();

    /// <summary>How the score becomes a verdict.</summary>
    public VerdictSpec Verdict { get; init; } = new();

    /// <summary>How much of a video, face set or recording is looked at.</summary>
    public SamplingSpec Sampling { get; init; } = new();

    /// <summary>The size of a shard.</summary>
    public ShardSpec Shard { get; init; } = new();

    /// <summary>The worker pods.</summary>
    public WorkersSpec Workers { get; init; } = new();

    /// <summary>What the operator aims at when it chooses the number of workers.</summary>
    public AutoscalingSpec Autoscaling { get; init; } = new();

    /// <summary>Where verdicts and dead letters go.</summary>
    public ResultsSpec Results { get; init; } = new();

    /// <summary>Failures of worker pods tolerated per slot; evictions and preemptions do not count.</summary>
    public int BackoffLimit { get; init; } = 6;

    /// <summary>Seconds from start after which the job fails; null: no limit.</summary>
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>Seconds in which a first worker must become ready; null: no limit.</summary>
    public long? PendingDeadlineSeconds { get; init; }

    /// <summary>Seconds after which a finished ScanJob deletes itself; null: never.</summary>
    public int? TtlSecondsAfterFinished { get; init; }

    /// <summary>True: the shards and progress topics stay when the ScanJob goes.</summary>
    public bool RetainInternalTopics { get; init; }
}
