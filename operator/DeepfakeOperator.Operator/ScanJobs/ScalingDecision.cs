namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>How many workers a job is to have, and what the next decision must remember.</summary>
/// <param name="Desired">The number.</param>
/// <param name="Reason">One of <see cref="Reasons"/>.</param>
/// <param name="Message">For people. Holds no number that changes by itself, or the status would be written all the time.</param>
internal sealed record ScalingDecision(int Desired, string Reason, string Message)
{
    /// <summary>Since when fewer would have been enough; null: they would not.</summary>
    public DateTimeOffset? LowerSince { get; init; }

    /// <summary>The most that was needed since then.</summary>
    public int HighestSince { get; init; }
}
