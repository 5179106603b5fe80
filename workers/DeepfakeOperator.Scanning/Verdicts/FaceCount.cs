namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>Which faces an item has, for a detector that asks for them.</summary>
/// <param name="Most">The most of one frame.</param>
/// <param name="LargeEnough">True where at least one passed the gate of its size.</param>
internal sealed record FaceCount(int Most, bool LargeEnough);
