using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning.Faces;

/// <summary>Draws a turned and scaled crop, bilinear between pixels as OpenCV's warpAffine.</summary>
internal static class Warp
{
    /// <summary>Outside: a position that is black.</summary>
    private const int Black = -1;

    /// <summary>The crop, three bytes a pixel.</summary>
    internal static PixelBuffer Run(PixelBuffer picture, Similarity toPicture, int width, int height, FaceBorder border)
    {
        var crop = new PixelBuffer(width, height, 3);
        for (var y = 0; y < height; y++)
        {
            var row = crop.Pixels.Slice(y * crop.Stride, crop.Stride);
            for (var x = 0; x < width; x++)
            {
                var (px, py) = toPicture.Of(x, y);
                Sample(picture, px, py, border, row.Slice(3 * x, 3));
            }
        }
        return crop;
    }

    /// <summary>Which pixel stands at a position that may lie outside; -1: black. Clip cannot cut a turned crop smaller, so it is black too.</summary>
    internal static int Inside(int position, int size, FaceBorder border)
    {
        if (position >= 0 && position < size) return position;
        if (border != FaceBorder.Reflect || size == 1) return border == FaceBorder.Reflect ? 0 : Black;
        var period = 2 * (size - 1);
        var inPeriod = ((position % period) + period) % period;
        return inPeriod < size ? inPeriod : period - inPeriod;
    }

    private static void Sample(PixelBuffer picture, double x, double y, FaceBorder border, Span<byte> target)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (fx, fy) = (x - left, y - top);
        var (x0, x1) = (Inside(left, picture.Width, border), Inside(left + 1, picture.Width, border));
        var (y0, y1) = (Inside(top, picture.Height, border), Inside(top + 1, picture.Height, border));
        for (var channel = 0; channel < 3; channel++)
        {
            var upper = (Value(picture, x0, y0, channel) * (1 - fx)) + (Value(picture, x1, y0, channel) * fx);
            var lower = (Value(picture, x0, y1, channel) * (1 - fx)) + (Value(picture, x1, y1, channel) * fx);
            target[channel] = (byte)Math.Clamp((upper * (1 - fy)) + (lower * fy) + 0.5, 0, 255);
        }
    }

    private static int Value(PixelBuffer picture, int x, int y, int channel) => x < 0 || y < 0 ? 0 : picture.Row(y)[(x * picture.BytesPerPixel) + channel];
}
