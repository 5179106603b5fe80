using DeepfakeOperator.Api.Detectors;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>How manipulated each part of a picture is, small enough for a result record.</summary>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Levels">0 to 255, row by row.</param>
/// <param name="Coverage">Share of the model's own pixels at or above the threshold.</param>
internal sealed record PixelMask(int Width, int Height, byte[] Levels, double Coverage)
{
    /// <summary>Longest side: a moderator sees where to look, and the PNG stays within a few kilobytes.</summary>
    private const int LongestSide = 128;

    /// <summary>Reads one channel of a [channels, height, width] or [height, width] tensor of probabilities.</summary>
    internal static PixelMask Read(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, MaskSpec spec)
    {
        var (height, width) = ((int)shape[^2], (int)shape[^1]);
        var plane = values.Slice(spec.Index * width * height, width * height);
        var covered = 0;
        foreach (var value in plane) if (value >= spec.Threshold) covered++;
        // Whole steps: each level is the mean of a square of the model's pixels.
        var step = (Math.Max(width, height) + LongestSide - 1) / LongestSide;
        var (columns, rows) = ((width + step - 1) / step, (height + step - 1) / step);
        var levels = new byte[columns * rows];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++) levels[(y * columns) + x] = Level(plane, width, height, x * step, y * step, step);
        }
        return new PixelMask(columns, rows, levels, (double)covered / plane.Length);
    }

    internal byte[] ToPng()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var y = 0; y < Height; y++) Levels.AsSpan(y * Width, Width).CopyTo(bitmap.GetPixelSpan()[(y * bitmap.RowBytes)..]);
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static byte Level(ReadOnlySpan<float> plane, int width, int height, int left, int top, int step)
    {
        double sum = 0;
        var (right, bottom) = (Math.Min(width, left + step), Math.Min(height, top + step));
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++) sum += Math.Clamp(plane[(y * width) + x], 0, 1);
        }
        return (byte)Math.Round(255 * sum / ((right - left) * (bottom - top)));
    }
}
