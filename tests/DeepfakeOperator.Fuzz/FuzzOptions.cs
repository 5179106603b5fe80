namespace DeepfakeOperator.Fuzz;

/// <summary>What to try.</summary>
/// <param name="Files">How many files.</param>
/// <param name="Seed">Makes them.</param>
/// <param name="Only">Just the file of this number, or null for all.</param>
/// <param name="KeepFolder">Where a file that missed a goal is kept; null: nowhere.</param>
public sealed record FuzzOptions(int Files, int Seed, int? Only = null, string? KeepFolder = null);
