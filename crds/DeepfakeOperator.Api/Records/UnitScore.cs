namespace DeepfakeOperator.Api.Records;

/// <summary>One model output.</summary>
/// <param name="T">Seconds from the start of the media; 0 for a still.</param>
/// <param name="Score">P(fake), uncalibrated.</param>
public readonly record struct UnitScore(double T, double Score);
