namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// Tells media by their first bytes. What a producer or a server says the type is plays no part: a playlist named <c>.mp4</c> must never reach a
/// demuxer that follows addresses.
/// </summary>
internal static class MediaSniffer
{
    /// <summary>So many first bytes are looked at.</summary>
    internal const int Window = 512;

    private const int TransportPacket = 188;

    private static readonly MediaType Jpeg = new("image/jpeg", MediaKind.Still, "");
    private static readonly MediaType Png = new("image/png", MediaKind.Still, "");
    private static readonly MediaType Webp = new("image/webp", MediaKind.Still, "");
    private static readonly MediaType Bmp = new("image/bmp", MediaKind.Still, "");
    private static readonly MediaType Gif = new("image/gif", MediaKind.Video, "gif");
    private static readonly MediaType Mp4 = new("video/mp4", MediaKind.Video, "mov");
    private static readonly MediaType QuickTime = new("video/quicktime", MediaKind.Video, "mov");
    private static readonly MediaType M4a = new("audio/mp4", MediaKind.Audio, "mov");
    private static readonly MediaType Matroska = new("video/x-matroska", MediaKind.Video, "matroska");
    private static readonly MediaType Avi = new("video/x-msvideo", MediaKind.Video, "avi");
    private static readonly MediaType TransportStream = new("video/mp2t", MediaKind.Video, "mpegts");
    private static readonly MediaType ProgramStream = new("video/mpeg", MediaKind.Video, "mpeg");
    private static readonly MediaType Flv = new("video/x-flv", MediaKind.Video, "flv");
    private static readonly MediaType Asf = new("video/x-ms-asf", MediaKind.Video, "asf");
    private static readonly MediaType Ogg = new("application/ogg", MediaKind.Video, "ogg");
    private static readonly MediaType Wav = new("audio/wav", MediaKind.Audio, "wav");
    private static readonly MediaType Flac = new("audio/flac", MediaKind.Audio, "flac");
    private static readonly MediaType Mp3 = new("audio/mpeg", MediaKind.Audio, "mp3");
    private static readonly MediaType Aac = new("audio/aac", MediaKind.Audio, "aac");

    private static ReadOnlySpan<byte> JpegHead => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngHead => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> EbmlHead => [0x1A, 0x45, 0xDF, 0xA3];

    private static ReadOnlySpan<byte> AsfHead => [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11];

    private static ReadOnlySpan<byte> PackHead => [0x00, 0x00, 0x01, 0xBA];

    /// <summary>The type, or null where no decoder here takes the bytes.</summary>
    internal static MediaType? Sniff(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(JpegHead)) return Jpeg;
        if (head.StartsWith(PngHead)) return Png;
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Gif;
        if (head.StartsWith("RIFF"u8) && head.Length >= 12) return Riff(head.Slice(8, 4));
        if (head.Length >= 12 && head.Slice(4, 4).SequenceEqual("ftyp"u8)) return Brand(head.Slice(8, 4));
        if (head.Length >= 8 && IsQuickTimeAtom(head.Slice(4, 4))) return QuickTime;
        if (head.StartsWith(EbmlHead)) return Matroska;
        if (head.StartsWith("OggS"u8)) return Ogg;
        if (head.StartsWith("FLV\x01"u8)) return Flv;
        if (head.StartsWith(AsfHead)) return Asf;
        if (head.StartsWith(PackHead)) return ProgramStream;
        if (head.Length > 2 * TransportPacket && head[0] == 0x47 && head[TransportPacket] == 0x47 && head[2 * TransportPacket] == 0x47) return TransportStream;
        if (head.StartsWith("fLaC"u8)) return Flac;
        if (head.StartsWith("ID3"u8)) return Mp3;
        // 'BM', then the file's length and two reserved zeros.
        if (head.Length >= 10 && head.StartsWith("BM"u8) && head.Slice(6, 4).IndexOfAnyExcept((byte)0) < 0) return Bmp;
        if (head.Length >= 2 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0) return Aac;
        if (head.Length >= 2 && head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x06) != 0) return Mp3;
        return null;
    }

    private static MediaType? Riff(ReadOnlySpan<byte> form)
    {
        if (form.SequenceEqual("WEBP"u8)) return Webp;
        if (form.SequenceEqual("WAVE"u8)) return Wav;
        return form.SequenceEqual("AVI "u8) ? Avi : null;
    }

    /// <summary>ISO base media by major brand; the picture brands (AVIF, HEIC) are no video and have no decoder here.</summary>
    private static MediaType? Brand(ReadOnlySpan<byte> brand)
    {
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)) return null;
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8)) return null;
        if (brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8)) return M4a;
        return brand.SequenceEqual("qt  "u8) ? QuickTime : Mp4;
    }

    private static bool IsQuickTimeAtom(ReadOnlySpan<byte> atom) =>
        atom.SequenceEqual("moov"u8) || atom.SequenceEqual("mdat"u8) || atom.SequenceEqual("wide"u8) || atom.SequenceEqual("free"u8) || atom.SequenceEqual("skip"u8);
}
