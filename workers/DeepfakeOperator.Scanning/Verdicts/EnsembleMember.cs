namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>One detector of an ensemble.</summary>
/// <param name="Weight">Its weight.</param>
/// <param name="Family">The family it belongs to; null: none.</param>
/// <param name="Score">Its calibrated score; null: it is not heard.</param>
internal readonly record struct EnsembleMember(double Weight, string? Family, double? Score);
