using DeepfakeOperator.Scanning.Inference;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>A face in a picture.</summary>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the face detector is, 0 to 1.</param>
/// <param name="Landmarks">Right eye, left eye, nose, right and left corner of the mouth (the person's right, which is the picture's left); or null.</param>
/// <param name="Track">Its number within the item.</param>
internal sealed record Face(Box Box, double Score, IReadOnlyList<Point>? Landmarks, int Track = 0)
{
    /// <summary>The same face in pixels of the picture, where it is in those of the input.</summary>
    internal Face ToPicture(ResizePlan plan)
    {
        var (left, top) = plan.ToPicture(Box.Left, Box.Top);
        var (right, bottom) = plan.ToPicture(Box.Left + Box.Width, Box.Top + Box.Height);
        var points = Landmarks?.Select(point => plan.ToPicture(point.X, point.Y)).Select(point => new Point(point.X, point.Y)).ToArray();
        return this with { Box = new Box(left, top, right - left, bottom - top), Landmarks = points };
    }
}
