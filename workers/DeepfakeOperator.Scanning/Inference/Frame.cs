using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A picture of an item.</summary>
/// <param name="Index">Index among those that were decoded; 0 for a still.</param>
/// <param name="Pixels">The picture, perhaps decoded smaller.</param>
internal readonly record struct Frame(int Index, PixelBuffer Pixels);
