namespace DeepfakeOperator.Scanning.Media;

/// <summary>ITU-R BT.601 luma, in the integer form of Pillow's <c>convert("L")</c>.</summary>
internal static class Luma
{
    internal static void Row(ReadOnlySpan<byte> pixels, int bytesPerPixel, Span<byte> luma)
    {
        for (int x = 0, at = 0; x < luma.Length; x++, at += bytesPerPixel)
            luma[x] = (byte)(((pixels[at] * 19595) + (pixels[at + 1] * 38470) + (pixels[at + 2] * 7471) + 0x8000) >> 16);
    }
}
