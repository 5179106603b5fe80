namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>What one detector saw of one item.</summary>
/// <param name="Units">Its units, in order of time.</param>
/// <param name="NotApplicable">Why it did not look; null: it did.</param>
/// <param name="Untrusted">Why its score cannot be trusted; null: it can.</param>
internal sealed record DetectorPart(IReadOnlyList<(double T, RawScore Score)> Units, string? NotApplicable, string? Untrusted);
