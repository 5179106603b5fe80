namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>A reconcile cannot go on until somebody, or time, mends something outside: it becomes the Stalled condition, and is tried again.</summary>
internal sealed class BlockedException(string reason, string message) : Exception(message)
{
    /// <summary>One of <see cref="Reasons"/>.</summary>
    public string Reason { get; } = reason;
}
