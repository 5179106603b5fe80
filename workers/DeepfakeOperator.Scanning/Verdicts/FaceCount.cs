namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>Which faces an item has, for a detector that asks for them.</summary>
/// <param name="Most">The most of one frame.</param>
/// <param name="LargeEnough">True where at least one passed the gate of its size.</param>
/// <param name="TooSmall">The most of one frame that the ScanJob does not look at, since they are smaller than its <paramref name="MinSize"/>.</param>
/// <param name="MinSize"><c>spec.sampling.faces.minSize</c> of the ScanJob.</param>
internal sealed record FaceCount(int Most, bool LargeEnough, int TooSmall, int MinSize);
