using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>A picture of an item.</summary>
/// <param name="Index">Index among those that were decoded; 0 for a still.</param>
/// <param name="Pixels">The picture, perhaps decoded smaller.</param>
/// <param name="Faces">The faces in it, largest first; none where the detector asks for none.</param>
internal readonly record struct Frame(int Index, PixelBuffer Pixels, IReadOnlyList<Face> Faces);
