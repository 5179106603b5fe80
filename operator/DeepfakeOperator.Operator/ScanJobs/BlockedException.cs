namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A reconcile cannot go on until something outside is as it must be: it becomes a condition, and is tried again.</summary>
/// <param name="reason">One of <see cref="Reasons"/>.</param>
/// <param name="message">What is wrong and what to do about it.</param>
/// <param name="passes">True: it passes without anybody's doing, so that the job is Reconciling and not Stalled.</param>
internal sealed class BlockedException(string reason, string message, bool passes = false) : Exception(message)
{
    /// <summary>One of <see cref="Reasons"/>.</summary>
    public string Reason { get; } = reason;

    public bool Passes { get; } = passes;
}
