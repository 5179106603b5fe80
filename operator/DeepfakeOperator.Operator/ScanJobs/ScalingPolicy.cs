using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>What the user allows and wishes.</summary>
internal sealed record ScalingPolicy
{
    public required ScanMode Mode { get; init; }

    public required int Min { get; init; }

    public required int Max { get; init; }

    /// <summary>Batch: time from the start in which to finish; null: as soon as can be.</summary>
    public TimeSpan? Target { get; init; }

    /// <summary>Stream: how long an item may wait behind others before a worker is added.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    public required TimeSpan ScaleDownDelay { get; init; }

    public static ScalingPolicy Of(ScanJobSpec spec) => new()
    {
        Mode = spec.Mode,
        Min = spec.Workers.Min,
        Max = spec.Workers.Max,
        // A deadline alone is no wish to be slow; but no wish may miss the deadline.
        Target = spec.Autoscaling.TargetCompletion is { } wish && spec.ActiveDeadlineSeconds is { } limit && wish > TimeSpan.FromSeconds(limit)
            ? TimeSpan.FromSeconds(limit)
            : spec.Autoscaling.TargetCompletion,
        ScaleDownDelay = spec.Autoscaling.ScaleDownDelay,
    };
}
