using DeepfakeOperator.Scanning.Fetching;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// Stills through ffmpeg's decoder and scaler, for models whose own pipeline is ffmpeg: it scales luma and chroma before it makes colours of them, which
/// no scaler of RGB pictures repeats. It costs a process a still, and ignores an EXIF rotation, as ffmpeg does.
/// </summary>
internal sealed class FfmpegStills(VideoDecoder videos, string scratchFolder)
{
    /// <summary>The still at this size.</summary>
    /// <exception cref="ScanPipelineItemException">ffmpeg cannot decode it.</exception>
    internal async Task<PixelBuffer> ScaleAsync(FetchedMedia media, int width, int height, CancellationToken ct)
    {
        var type = media.Type with { Demuxer = media.Type.ContentType["image/".Length..] + "_pipe" };
        var path = Path.Combine(scratchFolder, Guid.NewGuid().ToString("N") + MediaIntake.ScratchSuffix);
        using var copy = FetchedMedia.InScratch(type, media.Sha256, media.Length, path);
        if (media.LocalPath is { } local) File.Copy(local, path);
        else await File.WriteAllBytesAsync(path, media.Bytes, ct);
        var result = new PixelBuffer(width, height, 3);
        try
        {
            await videos.DecodeAsync(copy, FramePlan.Still(width, height), (_, pixels, _) =>
            {
                pixels.Pixels.CopyTo(result.Pixels);
                return ValueTask.CompletedTask;
            }, ct);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }
}
