using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>What one detector saw of one item.</summary>
/// <param name="Units">Its units, in order of time.</param>
/// <param name="NotApplicable">Why it did not look; null: it did.</param>
/// <param name="Untrusted">Why its score cannot be trusted; null: it can.</param>
internal sealed record DetectorPart(IReadOnlyList<UnitResult> Units, string? NotApplicable, string? Untrusted)
{
    /// <summary>Why it looked and yet has no score; null: it has one.</summary>
    internal string? Undecided { get; init; }

    /// <summary>What a served model answered, one a prompt; null for others.</summary>
    internal IReadOnlyList<string>? Answers { get; init; }

    /// <summary>The generator that it names, or null.</summary>
    internal AttributionRecord? Attribution { get; init; }

    /// <summary>Stretches that it says are manipulated; null: it does not say.</summary>
    internal IReadOnlyList<SegmentRecord>? Segments { get; init; }

    /// <summary>Where in the picture; null: it does not say.</summary>
    internal MaskRecord? Mask { get; init; }
}
