namespace DeepfakeOperator.Scanning.Faces;

/// <summary>A face in a picture.</summary>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the face detector is, 0 to 1.</param>
/// <param name="Landmarks">Right eye, left eye, nose, right and left corner of the mouth (the person's right, which is the picture's left); or null.</param>
/// <param name="Track">Its number within the item.</param>
internal sealed record Face(Box Box, double Score, IReadOnlyList<Point>? Landmarks, int Track = 0);
