namespace DeepfakeOperator.Api.Records;

/// <summary>Which generator a detector names.</summary>
/// <param name="Generator">One of the descriptor's labels, or <c>unknown</c> below <c>attribution.openSetBelow</c>.</param>
/// <param name="Probability">Of the best label, mean over the units.</param>
public sealed record AttributionRecord(string Generator, double Probability);
