using k8s.Models;

namespace DeepfakeOperator.Api.Detectors;

/// <summary>What the operator knows of a detector.</summary>
public sealed record DetectorStatus
{
    /// <summary>Generation of the spec that this status speaks of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Ready, Reconciling, Stalled.</summary>
    public IReadOnlyList<V1Condition> Conditions { get; init; } = [];

    /// <summary>The model that was checked.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>Provider it was checked on.</summary>
    public string? Provider { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? CheckedAt { get; init; }
}
