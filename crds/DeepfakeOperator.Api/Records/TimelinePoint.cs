namespace DeepfakeOperator.Api.Records;

/// <summary>The ensemble's score at one time.</summary>
/// <param name="T">Seconds from the start of the media.</param>
/// <param name="Score">0 (real) to 1 (fake).</param>
public readonly record struct TimelinePoint(double T, double Score);
