using DeepfakeOperator.Api.Detectors;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Pictures for those who look at them elsewhere.</summary>
internal static class JpegEncoder
{
    /// <summary>Traces of forgery are faint: little is to be lost.</summary>
    private const int Quality = 95;

    /// <summary>The picture as a JPEG file, its long side at most resizeTo where the descriptor says resize LongSide.</summary>
    internal static byte[] Encode(PixelBuffer pixels, ImageSpec image)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(pixels.Width, pixels.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < pixels.Height; y++)
            CopyRow(pixels.Row(y), pixels.BytesPerPixel, bitmap.GetPixelSpan().Slice(y * bitmap.RowBytes, pixels.Width * 4));
        var longSide = Math.Max(pixels.Width, pixels.Height);
        if (image.Resize != ResizeMode.LongSide || image.ResizeTo <= 0 || longSide <= image.ResizeTo) return Encode(bitmap);
        var factor = (double)image.ResizeTo / longSide;
        var size = new SKSizeI(Math.Max(1, (int)Math.Round(pixels.Width * factor)), Math.Max(1, (int)Math.Round(pixels.Height * factor)));
        using var smaller = bitmap.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return Encode(smaller);
    }

    private static byte[] Encode(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }

    private static void CopyRow(ReadOnlySpan<byte> source, int bytesPerPixel, Span<byte> target)
    {
        for (int from = 0, to = 0; to < target.Length; from += bytesPerPixel, to += 4)
        {
            source.Slice(from, 3).CopyTo(target[to..]);
            target[to + 3] = byte.MaxValue;
        }
    }
}
