namespace DeepfakeOperator.Scanning.Faces;

/// <summary>A place in a picture, in pixels from its left and upper edge.</summary>
internal readonly record struct Point(double X, double Y);
