using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator;

/// <summary>What the operator is told when it starts.</summary>
internal sealed record OperatorOptions
{
    /// <summary>Image of the workers.</summary>
    public required string WorkerImage { get; init; }

    /// <summary>The operator's own namespace: its lease, and the checks of ClusterDetectors.</summary>
    public required string Namespace { get; init; }

    /// <summary>Who it is among its replicas.</summary>
    public required string Identity { get; init; }

    /// <summary>The only namespace whose ScanJobs and Detectors it serves; null: all.</summary>
    public string? WatchNamespace { get; init; }

    /// <summary>How long a job that cannot go on waits until it is looked at again.</summary>
    public Backoff Retries { get; init; } = Backoff.Default;

    /// <summary>False: it does not ask whether another is running.</summary>
    public bool LeaderElect { get; init; } = true;
}
