namespace DeepfakeOperator.Scanning;

/// <summary>What a golden input gives.</summary>
/// <param name="Values">Raw outputs of its first unit: the descriptor's, then the others that boxes are made of.</param>
/// <param name="Score">P(fake) of that unit before calibration; null where it has none.</param>
/// <param name="Width">Pixels across the picture; 0 for sound.</param>
/// <param name="Height">Pixels down the picture; 0 for sound.</param>
internal sealed record GoldenOutputs(IReadOnlyList<float[]> Values, double? Score, int Width, int Height);
