using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests;

/// <summary>Pictures made on the spot.</summary>
internal static class Pictures
{
    internal static byte[] Gray(byte level, int width = 16, int height = 16, SKEncodedImageFormat format = SKEncodedImageFormat.Png) =>
        Encode(width, height, format, (_, _) => new SKColor(level, level, level));

    /// <summary>Noise that no codec makes small, so that there is something to cut off.</summary>
    internal static byte[] Noise(int width, int height, SKEncodedImageFormat format, int seed = 1)
    {
        var random = new Random(seed);
        return Encode(width, height, format, (_, _) => new SKColor((uint)random.Next() | 0xFF000000));
    }

    internal static byte[] Encode(int width, int height, SKEncodedImageFormat format, Func<int, int, SKColor> pixel, int quality = 95)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var bytes = bitmap.GetPixelSpan();
        for (var i = 0; i < width * height; i++)
        {
            var colour = pixel(i % width, i / width);
            (bytes[4 * i], bytes[(4 * i) + 1], bytes[(4 * i) + 2], bytes[(4 * i) + 3]) = (colour.Red, colour.Green, colour.Blue, colour.Alpha);
        }
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>Puts an EXIF orientation into a JPEG, right after its first marker.</summary>
    internal static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
