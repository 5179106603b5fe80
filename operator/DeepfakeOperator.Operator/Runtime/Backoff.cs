namespace DeepfakeOperator.Operator.Runtime;

/// <summary>Delays that double from a first to a longest, each shortened at random by up to a half so that many waiters do not knock together.</summary>
internal sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>For whatever talks to a server that may be down for a while.</summary>
    public static Backoff Default { get; } = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    /// <summary>Delay before the attempt that follows <paramref name="failures"/> failures in a row (at least 1).</summary>
    public TimeSpan After(int failures)
    {
        var doubled = First * Math.Pow(2, Math.Min(failures - 1, 30));
        var capped = doubled < Longest ? doubled : Longest;
        return capped * (1 - Random.Shared.NextDouble() / 2);
    }
}
