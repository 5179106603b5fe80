using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Media;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Media;

public sealed class StillFormatTests
{
    private const string Colour = "-f lavfi -i color=c=0xC86432:s=24x16,format=gbrp -frames:v 1";

    [Theory]
    [InlineData("rgb24", 1)]
    [InlineData("rgba", 1)]
    [InlineData("rgb48be", 1)]
    [InlineData("rgba64be", 1)]
    [InlineData("pal8", 50)]
    public async Task A_PNG_of_any_depth_gives_its_colour(string pixelFormat, int tolerance)
    {
        using var still = Decode(await Clip.MakeAsync($"{Colour} -pix_fmt {pixelFormat}", "png"));
        Assert.Equal((24, 16), (still.Width, still.Height));
        AssertColour(still, [200, 100, 50], tolerance);
    }

    [Theory]
    [InlineData("gray", 1)]
    [InlineData("gray16be", 1)]
    [InlineData("ya8", 1)]
    [InlineData("ya16be", 1)]
    [InlineData("monob", 128)]
    public async Task A_gray_PNG_gives_three_equal_channels(string pixelFormat, int tolerance)
    {
        using var still = Decode(await Clip.MakeAsync($"-f lavfi -i color=c=0x969696:s=24x16,format=gbrp -frames:v 1 -pix_fmt {pixelFormat}", "png"));
        AssertColour(still, [150, 150, 150], tolerance);
        Assert.Equal(still.Pixels.Row(8)[0], still.Pixels.Row(8)[2]);
    }

    [Fact]
    public void An_interlaced_PNG_is_put_together()
    {
        using var still = Decode(Interlaced());
        for (var y = 0; y < 8; y++) for (var x = 0; x < 8; x++) Assert.Equal((byte)((y * 8) + x), still.Pixels.Row(y)[x * 4]);
    }

    [Fact]
    public async Task A_transparent_16_bit_pixel_keeps_its_colour()
    {
        using var still = Decode(await Clip.MakeAsync("-f lavfi -i color=c=0xC86432@0:s=24x16,format=rgba -frames:v 1 -pix_fmt rgba64be", "png"));
        AssertColour(still, [200, 100, 50], 1);
    }

    [Fact]
    public void A_progressive_and_a_gray_JPEG_are_decoded()
    {
        using var progressive = Decode(FlatJpeg.Make([180, 128, 128], progressive: true));
        AssertColour(progressive, [180, 180, 180], 2);
        using var gray = Decode(FlatJpeg.Make([90]));
        AssertColour(gray, [90, 90, 90], 2);
        using var sequential = Decode(FlatJpeg.Make([180, 128, 128]));
        AssertColour(sequential, [180, 180, 180], 2);
    }

    [Fact]
    public void A_CMYK_JPEG_becomes_RGB()
    {
        // Stored inverted: 255 is no ink. Cyan ink only: no red.
        using var cyan = Decode(FlatJpeg.Make([0, 255, 255, 255], adobe: true));
        AssertColour(cyan, [0, 255, 255], 3);
        using var dark = Decode(FlatJpeg.Make([255, 255, 255, 51], adobe: true));
        AssertColour(dark, [51, 51, 51], 3);
    }

    [Fact]
    public async Task An_AVIF_is_a_picture_with_its_colour()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        var avif = await Clip.MakeAsync("-f lavfi -i color=c=0xC0C0C0:s=64x48 -frames:v 1 -c:v libaom-av1 -still-picture 1", "avif");

        var verdict = await scan.JudgeAsync(TestScan.Inline(avif) with { ContentType = "image/jpeg" });

        Assert.Equal(("image", "image/avif", 64, 48), (verdict.Modality, verdict.Media.ContentType, verdict.Media.Width!.Value, verdict.Media.Height!.Value));
        Assert.Null(verdict.Timeline);
        Assert.InRange(Math.Log(verdict.Score!.Value / (1 - verdict.Score.Value)) * 16, 192 - 128 - 3, 192 - 128 + 3);
    }

    [Theory]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "HEIC")]
    [InlineData("\0\0\0\u0018ftypmif1\0\0\0\0mif1heic", "HEIC")]
    [InlineData("II*\0\u0008\0\0\0", "TIFF")]
    [InlineData("MM\0*\0\0\0\u0008", "TIFF")]
    [InlineData("\0\0\0\u000CJXL \r\n", "JPEG XL")]
    [InlineData("\0\0\0\u000CjP  \r\n", "JPEG 2000")]
    [InlineData("8BPS\0\u0001", "Photoshop")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("PK\u0003\u0004", "archives")]
    [InlineData("#EXTM3U\n", "playlists")]
    [InlineData("ffconcat version 1.0", "playlists")]
    [InlineData("  <svg xmlns=", "SVG")]
    [InlineData("1\n00:00:00,000 --> 00:00:01,000", "begins like this")]
    [InlineData("", "empty")]
    public async Task What_is_not_decoded_is_named(string head, string named)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        var failure = await scan.FailAsync(TestScan.Inline(System.Text.Encoding.Latin1.GetBytes(head)) with { ContentType = "image/png" });
        Assert.Equal((ErrorClass.UnsupportedMedia, "decode"), (failure.Class, failure.Stage));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2000)]
    [InlineData(12_000, 4000)]
    public async Task Tiny_and_huge_pictures_are_judged(int width, int height)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(TestScan.MeanBytes));
        using var bitmap = new SKBitmap(width, height, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(192, 192, 192));
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        var verdict = await scan.JudgeAsync(TestScan.Inline(jpeg.ToArray()));
        Assert.Equal((width, height), (verdict.Media.Width, verdict.Media.Height));
        Assert.Equal(1 / (1 + Math.Exp(-4)), verdict.Score!.Value, 2);
    }

    private static void AssertColour(Still still, int[] expected, int tolerance)
    {
        foreach (var (x, y) in new[] { (0, 0), (still.Pixels.Width / 2, still.Pixels.Height / 2), (still.Pixels.Width - 1, still.Pixels.Height - 1) })
            for (var i = 0; i < 3; i++) Assert.InRange(still.Pixels.Row(y)[(x * 4) + i], expected[i] - tolerance, expected[i] + tolerance);
    }

    private static Still Decode(byte[] bytes) => StillDecoder.Decode(FetchedMedia.InMemory(MediaSniffer.Sniff(bytes)!, "", bytes, null, null), (_, _) => null);

    /// <summary>Eight by eight gray pixels, each its own number, in Adam7's seven passes.</summary>
    private static byte[] Interlaced()
    {
        (int X, int Y, int StepX, int StepY)[] passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        var rows = new List<byte>();
        foreach (var pass in passes)
        {
            for (var y = pass.Y; y < 8; y += pass.StepY)
            {
                rows.Add(0);
                for (var x = pass.X; x < 8; x += pass.StepX) rows.Add((byte)((y * 8) + x));
            }
        }
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows.ToArray());
        return [0x89, .. "PNG\r\n"u8, 0x1A, .. "\n"u8, .. Chunk("IHDR"u8, [0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 1]), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] payload)
    {
        byte[] body = [.. name, .. payload];
        Span<byte> numbers = stackalloc byte[8];
        BinaryPrimitives.WriteInt32BigEndian(numbers, payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[4..], Crc32.HashToUInt32(body));
        return [.. numbers[..4], .. body, .. numbers[4..]];
    }
}
