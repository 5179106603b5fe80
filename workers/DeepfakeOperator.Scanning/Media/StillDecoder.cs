using System.IO.MemoryMappedFiles;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Decodes stills in process: 5 to 14 ms for a photograph, where an ffmpeg process takes 100.</summary>
internal static class StillDecoder
{
    /// <summary>Larger pictures are refused before a byte is allocated for them: a few hundred kilobytes of PNG can claim gigapixels.</summary>
    internal const long MaxPixels = 50_000_000;

    private const int ScaleSteps = 8;

    /// <summary>
    /// The picture, upright. <paramref name="needed"/> tells from the full upright size the smallest that is of use, or null for the full one; only
    /// JPEG is decoded smaller, by whole eighths of its transform.
    /// </summary>
    /// <exception cref="ScanPipelineItemException">Unsupported, corrupt (an incomplete picture too) or too large.</exception>
    internal static Still Decode(FetchedMedia media, Func<int, int, (int Width, int Height)?> needed)
    {
        using var pin = media.Bytes.Pin();
        using var codec = Open(media, pin);
        var full = codec.Info;
        if (codec.EncodedFormat == SKEncodedImageFormat.Jpeg && HasTooManyScans(media))
            throw ScanPipelineItemException.Decode(ErrorClass.MediaTooLarge, $"a JPEG of more than {JpegScans.Most} scans");
        var size = Size(codec, needed);
        // No colour space: the values as they are stored, which is what detectors are trained on.
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, full.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        var pixels = new PixelBuffer(size.Width, size.Height, 4);
        try
        {
            var result = codec.GetPixels(info, pixels.Address, pixels.Stride, SKCodecOptions.Default);
            if (result != SKCodecResult.Success) throw Error(result);
            var upright = Orientation.Upright(pixels, codec.EncodedOrigin);
            return Orientation.SwapsSides(codec.EncodedOrigin) ? new Still(upright, full.Height, full.Width) : new Still(upright, full.Width, full.Height);
        }
        catch
        {
            pixels.Dispose();
            throw;
        }
    }

    /// <summary>Opens the picture, or pictures, of a file.</summary>
    /// <exception cref="ScanPipelineItemException">Unsupported, corrupt or too large.</exception>
    internal static SKCodec Open(string path) => Open(new SKFileStream(path));

    private static unsafe SKCodec Open(FetchedMedia media, System.Buffers.MemoryHandle pin) =>
        media.LocalPath is { } path ? Open(path) : Open(new SKMemoryStream(SKData.Create((nint)pin.Pointer, media.Bytes.Length)));

    private static SKCodec Open(SKStream stream)
    {
        var codec = SKCodec.Create(stream, out var result) ?? throw Error(result);
        if (codec.Info is { Width: > 0 and var width, Height: > 0 and var height } && (long)width * height <= MaxPixels) return codec;
        var (across, down) = (codec.Info.Width, codec.Info.Height);
        codec.Dispose();
        if (across <= 0 || down <= 0) throw Corrupt("it has no pixels");
        throw ScanPipelineItemException.Decode(ErrorClass.MediaTooLarge, $"{across}×{down} pixels are more than {MaxPixels / 1_000_000} megapixels");
    }

    private static unsafe bool HasTooManyScans(FetchedMedia media)
    {
        if (media.LocalPath is not { } path) return JpegScans.TooMany(media.Bytes.Span);
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* bytes = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
        try
        {
            return JpegScans.TooMany(new ReadOnlySpan<byte>(bytes, (int)Math.Min(media.Length, int.MaxValue)));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static SKSizeI Size(SKCodec codec, Func<int, int, (int Width, int Height)?> needed)
    {
        var full = new SKSizeI(codec.Info.Width, codec.Info.Height);
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg) return full;
        var swap = Orientation.SwapsSides(codec.EncodedOrigin);
        if ((swap ? needed(full.Height, full.Width) : needed(full.Width, full.Height)) is not { } smallest) return full;
        if (swap) smallest = (smallest.Height, smallest.Width);
        for (var step = 1; step < ScaleSteps; step++)
        {
            var scaled = codec.GetScaledDimensions(step / (float)ScaleSteps);
            if (scaled.Width >= smallest.Width && scaled.Height >= smallest.Height) return scaled;
        }
        return full;
    }

    internal static ScanPipelineItemException Error(SKCodecResult result) => result switch
    {
        SKCodecResult.Unimplemented => ScanPipelineItemException.Decode(ErrorClass.UnsupportedMedia, "a still of a kind that is not decoded"),
        SKCodecResult.IncompleteInput => Corrupt("the file ends before the picture does"),
        _ => Corrupt("the picture cannot be decoded"),
    };

    private static ScanPipelineItemException Corrupt(string message) => ScanPipelineItemException.Decode(ErrorClass.CorruptMedia, message);
}
