using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Rotation, scale and shift from a crop to the picture: x' = A·x − B·y + X, y' = B·x + A·y + Y.</summary>
internal readonly record struct Similarity(double A, double B, double X, double Y)
{
    /// <summary>Where ArcFace (insightface, 96 × 112) has the eyes, the nose and the corners of the mouth; a shift of 8 puts them into 112 × 112.</summary>
    private static readonly Point[] ArcFace = [new(30.2946, 51.6963), new(65.5318, 51.5014), new(48.0252, 71.7366), new(33.5493, 92.3655), new(62.7299, 92.2041)];

    /// <summary>From the picture to the crop.</summary>
    internal Similarity Inverse
    {
        get
        {
            var (a, b) = (A / ((A * A) + (B * B)), -B / ((A * A) + (B * B)));
            return new Similarity(a, b, (b * Y) - (a * X), -(b * X) - (a * Y));
        }
    }

    /// <summary>A point of the crop, in the picture.</summary>
    internal Point Of(double x, double y) => new((A * x) - (B * y) + X, (B * x) + (A * y) + Y);

    /// <summary>
    /// From a crop of this size to the picture, as well as the five landmarks allow in least squares (Umeyama 1991). The template is shifted, brought to
    /// the crop's size and shrunk by the scale around its middle, as DeepfakeBench's preprocessing does.
    /// </summary>
    internal static Similarity ToTemplate(IReadOnlyList<Point> landmarks, FaceSpec spec, int width, int height)
    {
        var template = new Point[ArcFace.Length];
        for (var i = 0; i < template.Length; i++)
        {
            var (x, y) = ((ArcFace[i].X + spec.TemplateShift) * width / spec.Template, ArcFace[i].Y * height / spec.Template);
            template[i] = new Point((x + (width * (spec.Scale - 1) / 2)) / spec.Scale, (y + (height * (spec.Scale - 1) / 2)) / spec.Scale);
        }
        return Fit(landmarks, template).Inverse;
    }

    /// <summary>From an upright crop of the box's size to the picture: turned so that the eyes are level, around the box's middle.</summary>
    internal static Similarity Upright(IReadOnlyList<Point> landmarks, Box box)
    {
        var angle = Math.Atan2(landmarks[1].Y - landmarks[0].Y, landmarks[1].X - landmarks[0].X);
        var (a, b) = (Math.Cos(angle), Math.Sin(angle));
        var centre = box.Centre;
        return new Similarity(a, b, centre.X - (a * box.Width / 2) + (b * box.Height / 2), centre.Y - (b * box.Width / 2) - (a * box.Height / 2));
    }

    /// <summary>The similarity that brings one set of points nearest to the other.</summary>
    internal static Similarity Fit(IReadOnlyList<Point> from, IReadOnlyList<Point> to)
    {
        var (fromX, fromY) = (from.Average(point => point.X), from.Average(point => point.Y));
        var (toX, toY) = (to.Average(point => point.X), to.Average(point => point.Y));
        double dot = 0, cross = 0, spread = 0;
        for (var i = 0; i < from.Count; i++)
        {
            var (x, y, u, v) = (from[i].X - fromX, from[i].Y - fromY, to[i].X - toX, to[i].Y - toY);
            dot += (x * u) + (y * v);
            cross += (x * v) - (y * u);
            spread += (x * x) + (y * y);
        }
        var (a, b) = (dot / spread, cross / spread);
        return new Similarity(a, b, toX - (a * fromX) + (b * fromY), toY - (b * fromX) - (a * fromY));
    }
}
