using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Frames of an animated WebP, which ffmpeg does not open, sampled as a video's are.</summary>
internal static class AnimationDecoder
{
    private const double Milliseconds = 1000;

    /// <summary>Size and duration.</summary>
    /// <exception cref="ScanPipelineItemException">Corrupt or too large.</exception>
    internal static VideoInfo Probe(FetchedMedia media)
    {
        using var codec = StillDecoder.Open(media.LocalPath!);
        var duration = codec.FrameInfo.Sum(frame => Math.Max(0L, frame.Duration)) / Milliseconds;
        return new VideoInfo(codec.Info.Width, codec.Info.Height, duration > 0 ? duration : null)
        {
            Rate = duration > 0 ? codec.FrameCount / duration : null,
        };
    }

    /// <summary>Hands the sampled frames on, those that stand at the times or the next ones, as the plan says, and returns their times.</summary>
    /// <exception cref="ScanPipelineItemException">Corrupt (an incomplete frame too).</exception>
    internal static async Task<IReadOnlyList<double>> DecodeAsync(
        FetchedMedia media, FramePlan plan, Func<int, PixelBuffer, CancellationToken, ValueTask> onFrame, CancellationToken ct)
    {
        using var codec = StillDecoder.Open(media.LocalPath!);
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var canvas = new PixelBuffer(info.Width, info.Height, info.BytesPerPixel);
        var frames = codec.FrameInfo;
        var times = new List<double>(plan.Frames);
        var (elapsed, reached) = (0L, 0d);
        for (var i = 0; i < frames.Length && times.Count < plan.Frames; i++)
        {
            ct.ThrowIfCancellationRequested();
            // A frame may only hold what differs, so all are drawn, on top of the one before.
            var result = codec.GetPixels(info, canvas.Address, canvas.Stride, new SKCodecOptions(i, frames[i].RequiredFrame < 0 ? -1 : i - 1));
            if (result != SKCodecResult.Success) throw StillDecoder.Error(result);
            var time = elapsed / Milliseconds;
            // Here each frame says itself how long it stands; what begins in the last half millisecond is the next one.
            var reaches = Math.Floor((plan.Standing ? time + ((Math.Max(0, frames[i].Duration) - 0.5) / Milliseconds) : time) / plan.Step);
            var wanted = plan.KeyframesOnly ? frames[i].RequiredFrame < 0 : times.Count == 0 || reaches > reached;
            if (wanted)
            {
                await onFrame(times.Count, canvas, ct);
                times.Add(time);
                reached = reaches;
            }
            elapsed += Math.Max(0, frames[i].Duration);
        }
        return times.Count > 0 ? times : throw ScanPipelineItemException.Decode(ErrorClass.CorruptMedia, "it holds no picture");
    }
}
