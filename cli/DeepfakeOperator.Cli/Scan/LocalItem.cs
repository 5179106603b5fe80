using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>One file to scan, or a place that cannot be looked at.</summary>
/// <param name="Path">As it was given, or found under what was given; also the item's id.</param>
/// <param name="Failure">Why it cannot be looked at; null: it can.</param>
internal sealed record LocalItem(string Path, ItemFailure? Failure = null);
