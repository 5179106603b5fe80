using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>
/// What happens to a job, whoever scales it. Work is in seconds of a worker of speed 1. What a pod is like depends on its number (it is the n-th that
/// was started)
/// and nothing else, so that two scalers that start as many pods have the same luck.
/// </summary>
internal sealed record Trace
{
    public required string Name { get; init; }

    /// <summary>One line for the table's legend.</summary>
    public required string Story { get; init; }

    public required ScalingPolicy Policy { get; init; }

    /// <summary>spec.autoscaling.itemsPerWorkerPerSecond.</summary>
    public double? Expected { get; init; }

    /// <summary>Seconds: a batch's finish, or the oldest age that an item of a stream may reach.</summary>
    public required double Deadline { get; init; }

    /// <summary>Batch: the work of each item, by source partition.</summary>
    public float[][] Items { get; init; } = [];

    public int ShardItems { get; init; } = 256;

    /// <summary>Stream: items that arrive in each second, by source partition.</summary>
    public float[][] Arrivals { get; init; } = [];

    /// <summary>Stream: the work of an item.</summary>
    public double ItemWork { get; init; }

    /// <summary>From being asked for to ready, by the pod's number.</summary>
    public required double[] StartUps { get; init; }

    /// <summary>By the pod's number; 1 is nominal.</summary>
    public required double[] Speeds { get; init; }

    /// <summary>When a ready pod is taken away.</summary>
    public double[] Losses { get; init; } = [];

    /// <summary>When the broker is away.</summary>
    public (double From, double To) Outage { get; init; }

    public bool IsStream => Arrivals.Length > 0;

    /// <summary>Seconds after which no item arrives any more.</summary>
    public int Length => IsStream ? Arrivals[0].Length : 0;

    /// <summary>Worker-seconds at speed 1.</summary>
    public double Work => IsStream
        ? Arrivals.Sum(partition => partition.Sum(count => (double)count)) * ItemWork
        : Items.Sum(partition => partition.Sum(work => (double)work));

    public long Count => IsStream ? Arrivals.Sum(partition => (long)partition.Sum(count => (double)count)) : Items.Sum(partition => (long)partition.Length);

    /// <summary>What a worker of speed 1 does in a second.</summary>
    public double ItemsPerSecond => Count / Work;

    public double StartUpOf(int pod) => StartUps[pod % StartUps.Length];

    public double SpeedOf(int pod) => Speeds[pod % Speeds.Length];

    public bool BrokerAway(double now) => now >= Outage.From && now < Outage.To;
}
