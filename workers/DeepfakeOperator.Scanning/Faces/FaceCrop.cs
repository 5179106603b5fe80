using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Cuts a face out of a picture as a descriptor says.</summary>
internal sealed class FaceCrop(FaceSpec spec, ImageSpec image)
{
    /// <summary>Afchar et al. 2018: the face is 2.2 times as wide as its eye measure.</summary>
    private const double EyeMeasures = 2.2;

    /// <summary>True where the face detector must give landmarks.</summary>
    internal static bool NeedsLandmarks(FaceSpec spec) => spec.Alignment != FaceAlignment.None || spec.Box == FaceBox.Eyes;

    /// <summary>The crop, of three bytes a pixel; null where nothing of it lies in the picture.</summary>
    internal PixelBuffer? Cut(PixelBuffer picture, Face face)
    {
        if (spec.Alignment == FaceAlignment.Similarity5)
        {
            var similarity = Similarity.ToTemplate(face.Landmarks!, spec, image.Width, image.Height);
            return Warp.Run(picture, similarity, image.Width, image.Height, spec.Border);
        }
        var box = BoxOf(face);
        if (spec.Alignment == FaceAlignment.EyeMouthRotate)
        {
            var (width, height) = (Pixels(box.Width), Pixels(box.Height));
            return Warp.Run(picture, Similarity.Upright(face.Landmarks!, box), width, height, spec.Border);
        }
        return Straight(picture, box);
    }

    private Box BoxOf(Face face)
    {
        var box = face.Box;
        return spec.Box switch
        {
            FaceBox.Tight => box,
            FaceBox.Margin => Box.Around(box.Centre, box.Width * (1 + (2 * spec.Margin[0])), box.Height * (1 + (2 * spec.Margin[1]))),
            FaceBox.Square => Square(box.Centre, spec.Scale * Math.Max(box.Width, box.Height)),
            FaceBox.Scale => Box.Around(box.Centre, spec.Scale * box.Width, spec.Scale * box.Height),
            FaceBox.Eyes => Eyes(face.Landmarks!),
            _ => throw new InvalidOperationException($"{spec.Box} is not a box"),
        };
    }

    /// <summary>Around the middle between eyes and mouth.</summary>
    private Box Eyes(IReadOnlyList<Point> landmarks)
    {
        var eyes = Middle(landmarks[0], landmarks[1]);
        var mouth = Middle(landmarks[3], landmarks[4]);
        var measure = Math.Max(Distance(landmarks[0], landmarks[1]), Distance(eyes, mouth));
        return Square(Middle(eyes, mouth), spec.Scale * EyeMeasures * measure);
    }

    /// <summary>Whole pixels; Clip cuts it at the picture's edges, the others fill it up.</summary>
    private PixelBuffer? Straight(PixelBuffer picture, Box box)
    {
        var (left, top) = ((int)Math.Round(box.Left), (int)Math.Round(box.Top));
        var (right, bottom) = (left + Pixels(box.Width), top + Pixels(box.Height));
        if (spec.Border == FaceBorder.Clip)
        {
            (left, top) = (Math.Max(0, left), Math.Max(0, top));
            (right, bottom) = (Math.Min(picture.Width, right), Math.Min(picture.Height, bottom));
        }
        if (right <= left || bottom <= top) return null;
        var crop = new PixelBuffer(right - left, bottom - top, 3);
        var columns = new int[crop.Width];
        for (var x = 0; x < columns.Length; x++) columns[x] = Warp.Inside(left + x, picture.Width, spec.Border);
        for (var y = 0; y < crop.Height; y++)
        {
            var target = crop.Pixels.Slice(y * crop.Stride, crop.Stride);
            var row = Warp.Inside(top + y, picture.Height, spec.Border);
            if (row < 0)
            {
                target.Clear();
                continue;
            }
            var source = picture.Row(row);
            for (var x = 0; x < columns.Length; x++)
            {
                if (columns[x] < 0) target.Slice(3 * x, 3).Clear();
                else source.Slice(columns[x] * picture.BytesPerPixel, 3).CopyTo(target[(3 * x)..]);
            }
        }
        return crop;
    }

    private static int Pixels(double size) => Math.Clamp((int)Math.Round(size), 1, 8192);

    private static Box Square(Point centre, double side) => Box.Around(centre, side, side);

    private static Point Middle(Point a, Point b) => new((a.X + b.X) / 2, (a.Y + b.Y) / 2);

    private static double Distance(Point a, Point b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));
}
