using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning;

/// <summary>What became of an item: exactly one of a verdict and a failure.</summary>
public sealed record ItemOutcome
{
    private ItemOutcome(VerdictRecord? verdict, ItemFailure? failure) => (Verdict, Failure) = (verdict, failure);

    /// <summary>The verdict, or null.</summary>
    public VerdictRecord? Verdict { get; }

    /// <summary>The failure, or null.</summary>
    public ItemFailure? Failure { get; }

    /// <summary>A judged item.</summary>
    public static ItemOutcome Judged(VerdictRecord verdict) => new(verdict, null);

    /// <summary>An item that becomes a dead letter.</summary>
    public static ItemOutcome Failed(ItemFailure failure) => new(null, failure);
}
