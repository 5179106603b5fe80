namespace DeepfakeOperator.Operator.Runtime;

/// <summary>What is to happen with a key after it was reconciled without an error.</summary>
internal readonly record struct ReconcileResult
{
    private ReconcileResult(bool retry, TimeSpan? after)
    {
        IsRetry = retry;
        RequeueAfter = after;
    }

    /// <summary>Nothing until something changes.</summary>
    public static ReconcileResult Done { get; }

    /// <summary>Something outside is not as it should be and nobody will tell when it is: try again, less and less often.</summary>
    public static ReconcileResult Retry { get; } = new(true, null);

    public bool IsRetry { get; }

    public TimeSpan? RequeueAfter { get; }

    /// <summary>Again after a while, or earlier if something changes.</summary>
    public static ReconcileResult After(TimeSpan delay) => new(false, delay);
}
