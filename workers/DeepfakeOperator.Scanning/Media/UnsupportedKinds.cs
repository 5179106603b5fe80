namespace DeepfakeOperator.Scanning.Media;

/// <summary>Names what is not decoded here, so that a dead letter says what the producer has to change.</summary>
internal static class UnsupportedKinds
{
    /// <summary>A name for the media of which these are the first bytes, or null where it is nothing known.</summary>
    internal static string? Name(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 12 && head.Slice(4, 4).SequenceEqual("ftyp"u8)) return "HEIC or HEIF pictures (JPEG, PNG, WebP and AVIF are)";
        if (StartsWith(head, [0xFF, 0x0A]) || StartsWith(head, [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L'])) return "JPEG XL pictures";
        if (StartsWith(head, [0, 0, 0, 0x0C, (byte)'j', (byte)'P']) || StartsWith(head, [0xFF, 0x4F, 0xFF, 0x51])) return "JPEG 2000 pictures";
        if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8)) return "TIFF and raw camera pictures";
        if (head.StartsWith("8BPS"u8)) return "Photoshop files";
        if (head.StartsWith("%PDF"u8) || head.StartsWith("%!PS"u8)) return "PDF and PostScript documents";
        if (StartsWith(head, [0x1F, 0x8B]) || head.StartsWith("PK"u8) || head.StartsWith("Rar!"u8) || head.StartsWith("7z"u8)) return "archives and packed files";
        var text = head.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.StartsWith("#EXTM3U"u8) || text.StartsWith("ffconcat"u8) || text.StartsWith("[playlist]"u8)) return "playlists (name the media itself)";
        if (text.StartsWith("<"u8)) return "SVG, HTML and XML documents";
        return null;
    }

    private static bool StartsWith(ReadOnlySpan<byte> head, ReadOnlySpan<byte> mark) => head.StartsWith(mark);
}
