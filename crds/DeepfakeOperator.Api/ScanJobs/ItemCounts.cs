namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>Items by outcome; <see cref="Processed"/> is the sum of the others.</summary>
public sealed record ItemCounts
{
    /// <summary>Items with a verdict or a dead letter.</summary>
    public long Processed { get; init; }

    /// <summary>Verdict Fake.</summary>
    public long Fake { get; init; }

    /// <summary>Verdict Real.</summary>
    public long Real { get; init; }

    /// <summary>Verdict Inconclusive.</summary>
    public long Inconclusive { get; init; }

    /// <summary>No detector of the job takes the item.</summary>
    public long NotApplicable { get; init; }

    /// <summary>Dead letters.</summary>
    public long Failed { get; init; }

    /// <summary>The sums, field by field.</summary>
    public static ItemCounts operator +(ItemCounts left, ItemCounts right) => Add(left, right);

    /// <summary>The sums, field by field.</summary>
    public static ItemCounts Add(ItemCounts left, ItemCounts right) => new()
    {
        Processed = left.Processed + right.Processed,
        Fake = left.Fake + right.Fake,
        Real = left.Real + right.Real,
        Inconclusive = left.Inconclusive + right.Inconclusive,
        NotApplicable = left.NotApplicable + right.NotApplicable,
        Failed = left.Failed + right.Failed,
    };
}
