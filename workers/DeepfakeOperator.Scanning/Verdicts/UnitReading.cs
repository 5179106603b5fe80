namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>What a model says of one unit.</summary>
/// <param name="Score">P(fake); null: the model did not decide.</param>
internal sealed record UnitReading(RawScore? Score);
