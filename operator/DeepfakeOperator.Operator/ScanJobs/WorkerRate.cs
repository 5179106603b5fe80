namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// What one worker does in a second while it has work: items over worker-seconds, both fading with a half-life. Unlike throughput ÷ workers it does
/// not dip when a
/// worker joins, nor when there is nothing to do. Immutable.
/// </summary>
internal sealed record WorkerRate
{
    /// <summary>Long enough that a few long videos do not look like slow GPUs.</summary>
    private const double HalfLife = 300;

    /// <summary>Fewer worker-seconds than this say nothing: a worker's first ones go by before it has anything to show.</summary>
    private const double Least = 60;

    /// <summary>So many worker-seconds an expected rate is worth.</summary>
    private const double Trust = 100;

    private double Items { get; init; }

    private double WorkerSeconds { get; init; }

    private (DateTimeOffset At, long Processed)? Seen { get; init; }

    public static WorkerRate Unknown { get; } = new();

    /// <summary>Items per second; null: not known.</summary>
    /// <param name="expected">What the user expects; it counts less the more is seen.</param>
    public double? PerSecond(double? expected)
    {
        if (expected is { } rate) return (Items + rate * Trust) / (WorkerSeconds + Trust);
        return WorkerSeconds >= Least && Items > 0 ? Items / WorkerSeconds : null;
    }

    /// <param name="now">The time.</param>
    /// <param name="processed">Items done so far by workers while they had work.</param>
    /// <param name="busy">Workers that had work since the last look; 0: what was done since then says nothing.</param>
    public WorkerRate Observe(DateTimeOffset now, long processed, double busy)
    {
        if (Seen is not { } last || busy <= 0) return this with { Seen = (now, processed) };
        var seconds = (now - last.At).TotalSeconds;
        if (seconds <= 0) return this;
        var kept = Math.Pow(0.5, seconds / HalfLife);
        return this with
        {
            Items = Items * kept + Math.Max(0, processed - last.Processed),
            WorkerSeconds = WorkerSeconds * kept + busy * seconds,
            Seen = (now, processed),
        };
    }

    /// <summary>Offsets could not be read: the time until they can be says nothing of speed.</summary>
    public WorkerRate Pause() => this with { Seen = null };
}
