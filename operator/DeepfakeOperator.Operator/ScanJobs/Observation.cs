using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>What one reconcile found; the status follows from it.</summary>
internal sealed record Observation
{
    /// <summary>What keeps the job from going on.</summary>
    public BlockedException? Blocked { get; init; }

    /// <summary>The cluster has not answered yet.</summary>
    public bool Connecting { get; init; }

    /// <summary>The plan as frozen, and its shards.</summary>
    public PlanRecord? Record { get; init; }

    public ScanPlan? Plan { get; init; }

    /// <summary>Null until earlier progress is read.</summary>
    public Progress? Progress { get; init; }

    public SlotCounts Workers { get; init; } = SlotCounts.None;

    /// <summary>How many workers are wanted, and why; null: not decided this time.</summary>
    public ScalingDecision? Scaling { get; init; }

    /// <summary>The job ends in failure, for this reason.</summary>
    public (string Reason, string Message)? Failure { get; init; }
}
