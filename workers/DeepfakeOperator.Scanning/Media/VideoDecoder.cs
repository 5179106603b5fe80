using System.Globalization;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Fetching;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// Frames of videos through ffmpeg, from a local file under a generated name.
/// </summary>
internal sealed class VideoDecoder(string scratchFolder, TimeSpan timeout, TimeProvider time)
{
    private readonly Ffmpeg _ffmpeg = new(scratchFolder, timeout, time);

    /// <summary>Size, duration and rotation.</summary>
    /// <exception cref="ScanPipelineItemException">Broken, too large or too slow.</exception>
    internal Task<VideoInfo> ProbeAsync(FetchedMedia media, CancellationToken ct) => _ffmpeg.WithinTimeAsync(async token =>
    {
        if (media.Type.Demuxer.Length == 0) return AnimationDecoder.Probe(media);
        try
        {
            var probe = await FFProbe.AnalyseAsync(media.LocalPath!, _ffmpeg.Options, Ffmpeg.Guard(media.Type), token);
            var duration = probe.Duration > TimeSpan.Zero ? probe.Duration.TotalSeconds : (double?)null;
            var video = probe.VideoStreams.FirstOrDefault(stream => stream.Disposition?.GetValueOrDefault("attached_pic") != true);
            var sound = probe.AudioStreams.Count > 0;
            if (video is null) return new VideoInfo(0, 0, duration, sound);
            if (video is not { Width: > 0 and var width, Height: > 0 and var height })
                throw probe.StandardError.Any(IsTooLarge) ? TooLarge() : Ffmpeg.Corrupt("its pictures have no size");
            if ((long)width * height > StillDecoder.MaxPixels) throw TooLarge();
            var upright = video.Rotation % 180 == 0 ? (width, height) : (width: height, height: width);
            return new VideoInfo(upright.width, upright.height, duration, sound)
            {
                Rate = video.AverageFrameRate,
                PictureDuration = video.Duration > TimeSpan.Zero ? video.Duration.TotalSeconds : duration,
            };
        }
        catch (FFProbeProcessException error) when (error.StandardError.Any(IsTooLarge))
        {
            throw TooLarge();
        }
        catch (FFProbeException error)
        {
            throw Ffmpeg.Corrupt("ffprobe cannot read it", error);
        }
    }, ct);

    /// <summary>Hands the frames of a plan to <paramref name="onFrame"/>, one after the other, and returns their times in seconds.</summary>
    /// <exception cref="ScanPipelineItemException">Broken, or decoding took too long.</exception>
    internal Task<IReadOnlyList<double>> DecodeAsync(
        FetchedMedia media, FramePlan plan, Func<int, PixelBuffer, CancellationToken, ValueTask> onFrame, CancellationToken ct) => _ffmpeg.WithinTimeAsync(async token =>
    {
        if (media.Type.Demuxer.Length == 0) return await AnimationDecoder.DecodeAsync(media, plan, onFrame, token);
        using var frame = new PixelBuffer(plan.Width, plan.Height, 3);
        using var pipe = new FramePipe();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var times = new List<double>();
        var keyframes = plan.KeyframesOnly ? "-skip_frame nokey " : "";
        var running = FFMpegArguments
            .FromFileInput(media.LocalPath!, verifyExists: false, input => input.WithCustomArgument(
                $"-nostdin -hide_banner -nostats -loglevel info -threads 1 -filter_threads 1 {keyframes}{Ffmpeg.Guard(media.Type)}"))
            .OutputToUrl(pipe.Url, output => output.WithCustomArgument(string.Create(CultureInfo.InvariantCulture,
                $"-map 0:V:0 -an -sn -dn -fps_mode passthrough -vf \"{plan.Filter}\" -frames:v {plan.Frames} -f rawvideo -pix_fmt rgb24")))
            .NotifyOnStandardError(line => ReadTime(line, times))
            .CancellableThrough(stop.Token, TimeSpan.Zero)
            .ProcessAsynchronously(throwOnError: false, _ffmpeg.Options, stop.Token);
        int frames;
        try
        {
            frames = await pipe.ReadAsync(frame, onFrame, running, token);
        }
        catch
        {
            // Nobody reads on: ffmpeg need not decode on.
            await stop.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        var exitCode = await Ffmpeg.ExitAsync(running);
        token.ThrowIfCancellationRequested();
        if (frames == 0) throw Ffmpeg.Corrupt(exitCode == 0 ? "it holds no picture" : $"ffmpeg cannot decode it (exit code {exitCode})");
        // Without a time stamp of its own a frame is taken to stand where it was asked for.
        while (times.Count < frames) times.Add(times.Count * plan.Step);
        return (IReadOnlyList<double>)times[..frames];
    }, ct);

    /// <summary>ffmpeg's words where <c>-max_pixels</c> stopped a decoder; some containers then have pictures of no size, others no stream at all.</summary>
    private static bool IsTooLarge(string line) => line.Contains("exceeds specified max pixel count", StringComparison.Ordinal);

    private static ScanPipelineItemException TooLarge() =>
        ScanPipelineItemException.Decode(ErrorClass.MediaTooLarge, $"its frames have more than {StillDecoder.MaxPixels / 1_000_000} megapixels");

    private static void ReadTime(string line, List<double> times)
    {
        const string Key = " pts_time:";
        if (!line.Contains("Parsed_showinfo", StringComparison.Ordinal)) return;
        var at = line.IndexOf(Key, StringComparison.Ordinal);
        if (at < 0) return;
        var rest = line.AsSpan(at + Key.Length);
        var end = rest.IndexOf(' ');
        if (double.TryParse(end < 0 ? rest : rest[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)) times.Add(Math.Max(0, seconds));
    }
}
