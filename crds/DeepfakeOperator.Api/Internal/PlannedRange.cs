namespace DeepfakeOperator.Api.Internal;

/// <summary>The frozen part of one source partition.</summary>
/// <param name="Topic">Source topic.</param>
/// <param name="Partition">Source partition.</param>
/// <param name="From">First offset.</param>
/// <param name="To">One past the last.</param>
public sealed record PlannedRange(string Topic, int Partition, long From, long To);
