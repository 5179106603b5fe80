using k8s.Models;

namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>What the operator saw last. Bounded: nothing in it grows with the work.</summary>
public sealed record ScanJobStatus
{
    /// <summary>Generation of the spec that this status speaks of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>One word, derived from the conditions.</summary>
    public ScanJobPhase Phase { get; init; }

    /// <summary>Ready, Reconciling, Stalled (kstatus), Planned, Progressing, ScalingActive, Suspended, Complete, Failed.</summary>
    public IReadOnlyList<V1Condition> Conditions { get; init; } = [];

    /// <summary>The frozen plan of a batch.</summary>
    public PlanStatus? Plan { get; init; }

    /// <summary>Items by outcome.</summary>
    public ItemCounts Items { get; init; } = new();

    /// <summary>Shards by state.</summary>
    public ShardCounts Shards { get; init; } = new();

    /// <summary>Workers by state.</summary>
    public WorkerCounts Workers { get; init; } = new();

    /// <summary>Speed and what is left.</summary>
    public ThroughputStatus Throughput { get; init; } = new();

    /// <summary>At most ten items with the highest scores.</summary>
    public IReadOnlyList<Finding> TopFindings { get; init; } = [];

    /// <summary>Worker slots that exist (scale subresource).</summary>
    public int Replicas { get; init; }

    /// <summary>Label selector of the worker pods (scale subresource).</summary>
    public string? Selector { get; init; }

    /// <summary>When the job was accepted.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended, either way.</summary>
    public DateTimeOffset? CompletionTime { get; init; }
}
