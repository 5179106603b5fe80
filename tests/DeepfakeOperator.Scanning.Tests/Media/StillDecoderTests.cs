using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Media;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Media;

public sealed class StillDecoderTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png", 0)]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg", 8)]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp", 12)]
    public void Each_format_gives_the_colours_that_went_in(SKEncodedImageFormat format, string contentType, int tolerance)
    {
        var bytes = Pictures.Encode(40, 30, format, (x, _) => x < 20 ? new SKColor(200, 100, 50) : new SKColor(20, 40, 90));
        using var still = Decode(bytes);
        Assert.Equal(contentType, MediaSniffer.Sniff(bytes)!.ContentType);
        Assert.Equal((40, 30), (still.Width, still.Height));
        var row = still.Pixels.Row(15);
        int[] expected = [200, 100, 50];
        for (var i = 0; i < 3; i++) Assert.InRange(row[(4 * 4) + i], expected[i] - tolerance, expected[i] + tolerance);
    }

    [Fact]
    public void Transparent_pixels_keep_their_colour_as_in_Pillow()
    {
        using var still = Decode(Pictures.Encode(4, 4, SKEncodedImageFormat.Png, (_, _) => new SKColor(200, 100, 50, 0)));
        Assert.Equal<byte>([200, 100, 50], still.Pixels.Row(1)[..3].ToArray());
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(4, 0, 1)]
    [InlineData(5, 0, 0)]
    [InlineData(6, 1, 0)]
    [InlineData(7, 1, 1)]
    [InlineData(8, 0, 1)]
    public void An_EXIF_orientation_is_applied(byte orientation, int brightX, int brightY)
    {
        // The stored picture is bright in its top left corner only.
        var stored = Pictures.Encode(64, 32, SKEncodedImageFormat.Jpeg, (x, y) => x < 16 && y < 16 ? SKColors.White : SKColors.Black);
        using var still = Decode(Pictures.WithOrientation(stored, orientation));
        Assert.Equal(orientation >= 5 ? (32, 64) : (64, 32), (still.Pixels.Width, still.Pixels.Height));
        Assert.Equal((still.Pixels.Width, still.Pixels.Height), (still.Width, still.Height));
        for (var y = 0; y < 2; y++)
        {
            for (var x = 0; x < 2; x++)
            {
                var value = still.Pixels.Row(y == 0 ? 4 : still.Height - 5)[(x == 0 ? 4 : still.Width - 5) * 4];
                Assert.Equal((x, y) == (brightX, brightY), value > 128);
            }
        }
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_truncated_file_is_corrupt_wherever_it_ends(SKEncodedImageFormat format)
    {
        var bytes = Pictures.Noise(200, 150, format);
        foreach (var share in new[] { 0.1, 0.5, 0.9, 0.99 })
        {
            var error = Assert.Throws<ScanPipelineItemException>(() => Decode(bytes[..(int)(bytes.Length * share)]));
            Assert.Equal(ErrorClass.CorruptMedia, error.Class);
        }
    }

    [Fact]
    public void A_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded()
    {
        var png = Pictures.Gray(1, 10, 10);
        // Width and height stand in the header chunk, which ends in its own checksum.
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 16_000);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 16_000);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17)));
        Assert.Equal(ErrorClass.MediaTooLarge, Assert.Throws<ScanPipelineItemException>(() => Decode(png)).Class);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_JPEG_of_very_many_scans_is_refused_in_memory_and_in_a_file(bool inFile)
    {
        var jpeg = Pictures.Gray(90, 64, 64, SKEncodedImageFormat.Jpeg);
        var scan = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        var many = jpeg[..scan].Concat(Enumerable.Repeat(jpeg[scan..^2], 101).SelectMany(part => part)).Concat(jpeg[^2..]).ToArray();
        // What stands behind the picture or inside a segment, such as a thumbnail, does not count.
        byte[] few = [.. jpeg[..2], 0xFF, 0xE1, 0x01, 0x93 + 1, .. Enumerable.Repeat<byte[]>([0xFF, 0xDA], 201).SelectMany(part => part), .. jpeg[2..], .. many[scan..]];
        var path = Path.GetTempFileName();
        try
        {
            FetchedMedia Media(byte[] bytes)
            {
                if (!inFile) return StillDecoderTests.Media(bytes);
                File.WriteAllBytes(path, bytes);
                return FetchedMedia.InScratch(MediaSniffer.Sniff(bytes)!, "", bytes.Length, path);
            }
            Assert.Equal(ErrorClass.MediaTooLarge, Assert.Throws<ScanPipelineItemException>(() => StillDecoder.Decode(Media(many), (_, _) => null)).Class);
            using var still = StillDecoder.Decode(Media(few), (_, _) => null);
            Assert.Equal(64, still.Width);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_smaller_decode_happens_only_on_request_and_never_below_it()
    {
        var jpeg = Pictures.Noise(800, 400, SKEncodedImageFormat.Jpeg);
        using var full = Decode(jpeg);
        Assert.Equal(800, full.Pixels.Width);
        using var small = StillDecoder.Decode(Media(jpeg), (_, _) => (201, 50));
        Assert.InRange(small.Pixels.Width, 201, 300);
        Assert.Equal((800, 400), (small.Width, small.Height));
    }

    [Fact]
    public void What_no_decoder_takes_is_not_recognised()
    {
        Assert.Null(MediaSniffer.Sniff([]));
        Assert.Null(MediaSniffer.Sniff("#EXTM3U"u8));
        Assert.Null(MediaSniffer.Sniff("<svg xmlns="u8));
        Assert.Null(MediaSniffer.Sniff("ffconcat version 1.0"u8));
        Assert.Null(MediaSniffer.Sniff([.. "\0\0\0\u0018ftypheic"u8, .. new byte[8]]));
        Assert.Null(MediaSniffer.Sniff(System.Text.Encoding.Unicode.GetPreamble().Concat(System.Text.Encoding.Unicode.GetBytes("#EXTM3U")).ToArray()));
    }

    [Fact]
    public void Sharpness_and_brightness_tell_noise_from_a_flat_picture()
    {
        using var flat = Decode(Pictures.Gray(100, 32, 32));
        Assert.Equal(new ImageQuality(0, 100), ImageQuality.Measure(flat.Pixels));
        using var noise = Decode(Pictures.Noise(64, 64, SKEncodedImageFormat.Png));
        Assert.InRange(ImageQuality.Measure(noise.Pixels).Sharpness, 1000, 200_000);
    }

    private static FetchedMedia Media(byte[] bytes) => FetchedMedia.InMemory(MediaSniffer.Sniff(bytes)!, "", bytes, null, null);

    private static Still Decode(byte[] bytes) => StillDecoder.Decode(Media(bytes), (_, _) => null);
}
