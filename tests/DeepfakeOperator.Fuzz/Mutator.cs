using System.Buffers.Binary;
using System.IO.Hashing;

namespace DeepfakeOperator.Fuzz;

/// <summary>Makes the file of a number: the same seed, number and corpus give the same bytes.</summary>
internal sealed class Mutator(IReadOnlyList<Sample> corpus, int seed)
{
    /// <summary>No mutation makes a file larger.</summary>
    private const int LargestFile = 1 << 20;

    /// <summary>Lengths, counts and sizes that break arithmetic.</summary>
    private static readonly ulong[] Lies =
        [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, ulong.MaxValue];

    /// <summary>Names that stand before or behind sizes in containers.</summary>
    private static readonly byte[][] Marks =
    [
        .. new[]
        {
            "moov", "trak", "mdia", "stbl", "stsd", "stts", "stsz", "stsc", "stco", "ctts", "elst", "tkhd", "mdhd", "dref", "avcC", "hvcC", "av1C", "esds", "moof", "trun", "tfhd",
            "meta", "iloc", "ispe", "IHDR", "IDAT", "PLTE", "fmt ", "data", "LIST", "strf", "avih", "idx1", "VP8 ", "VP8L", "VP8X", "ANIM", "ANMF", "OggS", "fLaC", "JFIF", "NETSCAPE2.0",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
        [0xFF, 0xC0], [0xFF, 0xC4], [0xFF, 0xDB], [0xFF, 0xDA], [0x1A, 0x45, 0xDF, 0xA3], [0x16, 0x54, 0xAE, 0x6B], [0x1F, 0x43, 0xB6, 0x75], [0x00, 0x00, 0x01], [0x21, 0xF9],
    ];

    /// <summary>The file, and the sample that it began as.</summary>
    internal Sample Make(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var sample = Choose(random);
        // A few go through untouched: an honest file that fails would show here.
        if (random.Next(40) == 0) return sample;
        var bytes = sample.Bytes;
        for (var steps = 1 + random.Next(random.Next(3) == 0 ? 8 : 1); steps > 0; steps--) bytes = Step(bytes, random);
        if (random.Next(4) != 0) MendChecksums(bytes);
        return sample with { Bytes = bytes };
    }

    /// <summary>Mostly media: what the sniffer turns away at the door costs nothing and teaches little. Stills are few by name, not by nature.</summary>
    private Sample Choose(Random random)
    {
        var (stills, texts) = (random.Next(4) == 0, random.Next(10) == 0);
        while (true)
        {
            var sample = corpus[random.Next(corpus.Count)];
            if (texts ? sample.Kind == SampleKind.Text : stills ? sample.Kind == SampleKind.Still : sample.Kind == SampleKind.Moving) return sample;
        }
    }

    private byte[] Step(byte[] from, Random random)
    {
        var bytes = (byte[])from.Clone();
        var other = corpus[random.Next(corpus.Count)].Bytes;
        switch (random.Next(14))
        {
            case 0 or 1:
                for (var flips = 1 + random.Next(32); flips > 0 && bytes.Length > 0; flips--) bytes[At(bytes, random)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                for (var count = 1 + random.Next(16); count > 0 && bytes.Length > 0; count--) bytes[At(bytes, random)] = (byte)random.Next(256);
                return bytes;
            case 3 or 4:
                Lie(bytes, At(bytes, random), random);
                return bytes;
            case 5 or 6:
                LieAtMark(bytes, random);
                return bytes;
            case 7:
                return bytes[..random.Next(bytes.Length + 1)];
            case 8:
                var (start, end) = Range(bytes, random);
                return [.. bytes[..start], .. bytes[end..]];
            case 9:
                (start, end) = Range(bytes, random);
                var times = Math.Min(1 + random.Next(64), (LargestFile - bytes.Length) / Math.Max(1, end - start));
                return times <= 0 ? bytes : [.. bytes[..end], .. Enumerable.Repeat(bytes[start..end], times).SelectMany(part => part), .. bytes[end..]];
            case 10:
                (start, end) = Range(bytes, random);
                bytes.AsSpan(start..end).Fill((byte)(random.Next(2) * 255));
                return bytes;
            case 11:
                // The head of one format before the body of another.
                var head = Math.Min(1 << random.Next(2, 9), other.Length);
                return random.Next(2) == 0 ? [.. other[..head], .. bytes] : [.. other[..head], .. bytes.AsSpan(Math.Min(head, bytes.Length))];
            case 12:
                var cut = random.Next(bytes.Length + 1);
                return [.. bytes[..cut], .. other.AsSpan(random.Next(other.Length + 1))];
            default:
                cut = At(bytes, random);
                var noise = new byte[random.Next(1, 512)];
                random.NextBytes(noise);
                return [.. bytes[..cut], .. noise, .. bytes[cut..]];
        }
    }

    /// <summary>Somewhere; as often as not in the head, where the structure is.</summary>
    private static int At(byte[] bytes, Random random) => bytes.Length == 0 ? 0 : random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 512) : bytes.Length);

    private static (int Start, int End) Range(byte[] bytes, Random random)
    {
        var start = At(bytes, random);
        return (start, start + random.Next(Math.Min(bytes.Length - start, 1 << random.Next(1, 14)) + 1));
    }

    private static void LieAtMark(byte[] bytes, Random random)
    {
        for (int tries = 0, first = random.Next(Marks.Length); tries < Marks.Length; tries++)
        {
            var mark = Marks[(first + tries) % Marks.Length];
            var at = bytes.AsSpan().IndexOf(mark);
            if (at < 0) continue;
            Lie(bytes, Math.Max(0, at + random.Next(-4, 32)), random);
            return;
        }
    }

    private static void Lie(byte[] bytes, int at, Random random)
    {
        var width = 1 << random.Next(4);
        Span<byte> lie = stackalloc byte[8];
        var value = Lies[random.Next(Lies.Length)];
        if (random.Next(2) == 0) BinaryPrimitives.WriteUInt64LittleEndian(lie, value);
        else BinaryPrimitives.WriteUInt64BigEndian(lie, value << (64 - (8 * width)));
        if (at < bytes.Length) lie[..Math.Min(width, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
    }

    /// <summary>Makes a PNG's checksums right again, or hardly a mutation would get past them.</summary>
    private static void MendChecksums(byte[] bytes)
    {
        if (bytes.Length < 8 || !bytes.AsSpan(1).StartsWith("PNG"u8)) return;
        for (var at = 8L; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)at));
            var end = at + 8 + length;
            if (end + 4 > bytes.Length) return;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan((int)end), Crc32.HashToUInt32(bytes.AsSpan((int)at + 4, (int)length + 4)));
            at = end + 4;
        }
    }
}
