using System.Buffers.Binary;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// Counts the scans of a JPEG. Each goes over the whole picture, and an empty one takes a few bytes: a small file can keep a decoder busy for hours,
/// which in process no wall clock would stop.
/// </summary>
internal static class JpegScans
{
    /// <summary>The usual progressive script has 10; the finest split of three components into single bits and bands stays below this.</summary>
    internal const int Most = 100;

    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9, FirstRestart = 0xD0, LastRestart = 0xD7, Temporary = 0x01;

    /// <summary>True where there are more than <see cref="Most"/> before the picture ends.</summary>
    internal static bool TooMany(ReadOnlySpan<byte> jpeg)
    {
        var scans = 0;
        for (var at = 2; at + 4 <= jpeg.Length;)
        {
            // Past the coded bytes of a scan, and past what is broken, to the next marker.
            var next = jpeg[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 4 > jpeg.Length) return false;
            at += next + 1;
            var marker = jpeg[at];
            if (marker == EndOfImage) return false;
            if (marker is 0 or 0xFF or Temporary or (>= FirstRestart and <= LastRestart)) continue;
            if (marker == StartOfScan && ++scans > Most) return true;
            at += 1 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 1)..]);
        }
        return false;
    }
}
