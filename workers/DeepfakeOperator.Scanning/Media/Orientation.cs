using System.Runtime.InteropServices;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Turns pictures as their EXIF orientation says.</summary>
internal static class Orientation
{
    /// <summary>True where an upright picture has the stored one's width as its height.</summary>
    internal static bool SwapsSides(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>The upright picture; the given one is disposed if it is another.</summary>
    internal static PixelBuffer Upright(PixelBuffer stored, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default) return stored;
        var swap = SwapsSides(origin);
        var upright = new PixelBuffer(swap ? stored.Height : stored.Width, swap ? stored.Width : stored.Height, stored.BytesPerPixel);
        var source = MemoryMarshal.Cast<byte, uint>(stored.Pixels);
        var target = MemoryMarshal.Cast<byte, uint>(upright.Pixels);
        // Walk the upright picture; each step right or down is one fixed step in the stored one.
        int width = stored.Width, last = source.Length - 1, bottom = source.Length - width, right = width - 1;
        var (start, stepX, stepY) = origin switch
        {
            SKEncodedOrigin.TopRight => (right, -1, width),
            SKEncodedOrigin.BottomRight => (last, -1, -width),
            SKEncodedOrigin.BottomLeft => (bottom, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (bottom, -width, 1),
            SKEncodedOrigin.RightBottom => (last, -width, -1),
            _ => (right, width, -1),
        };
        for (var y = 0; y < upright.Height; y++)
        {
            var at = start + (y * stepY);
            var row = target.Slice(y * upright.Width, upright.Width);
            for (var x = 0; x < row.Length; x++, at += stepX) row[x] = source[at];
        }
        stored.Dispose();
        return upright;
    }
}
