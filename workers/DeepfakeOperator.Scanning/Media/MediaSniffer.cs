using System.Buffers.Binary;

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
    private static readonly MediaType AnimatedWebp = new("image/webp", MediaKind.Video, "");
    private static readonly MediaType Avif = new("image/avif", MediaKind.Video, "mov") { Modality = "image" };
    private static readonly MediaType AvifSequence = new("image/avif", MediaKind.Video, "mov");
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
    private static readonly MediaType Aiff = new("audio/aiff", MediaKind.Audio, "aiff");
    private static readonly MediaType Caf = new("audio/x-caf", MediaKind.Audio, "caf");
    private static readonly MediaType Amr = new("audio/amr", MediaKind.Audio, "amr");

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
        if (head.StartsWith("RIFF"u8) && head.Length >= 12) return Riff(head);
        if (head.StartsWith("RF64"u8) && head.Length >= 12 && head.Slice(8, 4).SequenceEqual("WAVE"u8)) return Wav;
        if (head.Length >= 12 && head.Slice(4, 4).SequenceEqual("ftyp"u8)) return Brand(head);
        if (head.Length >= 8 && IsQuickTimeAtom(head.Slice(4, 4))) return QuickTime;
        if (head.StartsWith(EbmlHead)) return Matroska;
        if (head.StartsWith("OggS"u8)) return Ogg;
        if (head.StartsWith("FLV\x01"u8)) return Flv;
        if (head.StartsWith(AsfHead)) return Asf;
        if (head.StartsWith(PackHead)) return ProgramStream;
        if (head.Length > 2 * TransportPacket && head[0] == 0x47 && head[TransportPacket] == 0x47 && head[2 * TransportPacket] == 0x47) return TransportStream;
        if (head.StartsWith("fLaC"u8)) return Flac;
        if (head.StartsWith("FORM"u8) && head.Length >= 12 && head.Slice(8, 3).SequenceEqual("AIF"u8)) return Aiff;
        if (head.StartsWith("caff"u8)) return Caf;
        if (head.StartsWith("#!AMR"u8)) return Amr;
        if (head.StartsWith("ID3"u8)) return Mp3;
        // 'BM', then the file's length and two reserved zeros.
        if (head.Length >= 10 && head.StartsWith("BM"u8) && head.Slice(6, 4).IndexOfAnyExcept((byte)0) < 0) return Bmp;
        if (head.Length >= 2 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0) return Aac;
        return IsMpegAudioFrame(head) ? Mp3 : null;
    }

    private static MediaType? Riff(ReadOnlySpan<byte> head)
    {
        var form = head.Slice(8, 4);
        if (form.SequenceEqual("WEBP"u8)) return IsAnimation(head) ? AnimatedWebp : Webp;
        if (form.SequenceEqual("WAVE"u8)) return Wav;
        return form.SequenceEqual("AVI "u8) ? Avi : null;
    }

    /// <summary>The extended header's flag for it.</summary>
    private static bool IsAnimation(ReadOnlySpan<byte> head) => head.Length > 20 && head.Slice(12, 4).SequenceEqual("VP8X"u8) && (head[20] & 0x02) != 0;

    /// <summary>ISO base media by its brands. ffmpeg opens AVIF; other pictures in this container (HEIC) have no decoder here.</summary>
    private static MediaType? Brand(ReadOnlySpan<byte> head)
    {
        var brand = head.Slice(8, 4);
        if (brand.SequenceEqual("avis"u8)) return AvifSequence;
        if (brand.SequenceEqual("avif"u8)) return Avif;
        if (brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8) || brand.SequenceEqual("miaf"u8)) return IsCompatible(head, "avif"u8) ? Avif : null;
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8)) return null;
        if (brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8)) return M4a;
        return brand.SequenceEqual("qt  "u8) ? QuickTime : Mp4;
    }

    /// <summary>True where a brand stands in the list behind the major one.</summary>
    private static bool IsCompatible(ReadOnlySpan<byte> head, ReadOnlySpan<byte> brand)
    {
        var end = Math.Min(head.Length, (long)BinaryPrimitives.ReadUInt32BigEndian(head));
        for (var at = 16; at + 4 <= end; at += 4) if (head.Slice(at, 4).SequenceEqual(brand)) return true;
        return false;
    }

    /// <summary>Layer II or III with a bit rate and a sample rate. Layer I is left out: nobody uses it, and the byte order mark of UTF-16 looks like it.</summary>
    private static bool IsMpegAudioFrame(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && head[0] == 0xFF && (head[1] & 0xE0) == 0xE0 && (head[1] & 0x18) != 0x08 && (head[1] & 0x06) is 0x02 or 0x04
        && (head[2] & 0xF0) != 0xF0 && (head[2] & 0x0C) != 0x0C;

    private static bool IsQuickTimeAtom(ReadOnlySpan<byte> atom) =>
        atom.SequenceEqual("moov"u8) || atom.SequenceEqual("mdat"u8) || atom.SequenceEqual("wide"u8) || atom.SequenceEqual("free"u8) || atom.SequenceEqual("skip"u8);
}
