using System.Globalization;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Fetching;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>
/// Frames of videos through ffmpeg, from a local file under a generated name.
/// </summary>
internal sealed class VideoDecoder(VideoSamplingSpec sampling, string scratchFolder, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Spacing where a container does not say how long it is.</summary>
    private static readonly TimeSpan UnknownDurationStep = TimeSpan.FromSeconds(1);

    /// <summary>A duration that lies must not become a step of nothing: then no frame after the first would be another's successor.</summary>
    private const double LeastStep = 0.001;

    private readonly Ffmpeg _ffmpeg = new(scratchFolder, timeout, time);

    /// <summary>How many frames are expected of a video: what a detector that wants fewer chooses from.</summary>
    internal int Expected(VideoInfo info) => sampling.Strategy == VideoSamplingStrategy.Interval && info.Duration is { } duration
        ? Math.Clamp((int)Math.Ceiling(duration / sampling.Interval.TotalSeconds), 1, sampling.Frames)
        : sampling.Frames;

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
            return video.Rotation % 180 == 0 ? new VideoInfo(width, height, duration, sound) : new VideoInfo(height, width, duration, sound);
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

    /// <summary>Hands the sampled frames to <paramref name="onFrame"/>, one after the other, and returns their times in seconds.</summary>
    /// <exception cref="ScanPipelineItemException">Broken, or decoding took too long.</exception>
    internal Task<IReadOnlyList<double>> DecodeAsync(
        FetchedMedia media, VideoInfo info, Func<int, PixelBuffer, CancellationToken, ValueTask> onFrame, CancellationToken ct) => _ffmpeg.WithinTimeAsync(async token =>
    {
        if (media.Type.Demuxer.Length == 0) return await AnimationDecoder.DecodeAsync(media, sampling, Step(info), onFrame, token);
        using var frame = new PixelBuffer(info.Width, info.Height, 3);
        using var pipe = new FramePipe();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var times = new List<double>(sampling.Frames);
        var step = Step(info);
        var keyframes = sampling.Strategy == VideoSamplingStrategy.Keyframes ? "-skip_frame nokey " : "";
        var running = FFMpegArguments
            .FromFileInput(media.LocalPath!, verifyExists: false, input => input.WithCustomArgument(
                $"-nostdin -hide_banner -nostats -loglevel info -threads 1 -filter_threads 1 {keyframes}{Ffmpeg.Guard(media.Type)}"))
            .OutputToUrl(pipe.Url, output => output.WithCustomArgument(string.Create(CultureInfo.InvariantCulture,
                $"-map 0:V:0 -an -sn -dn -fps_mode passthrough -vf \"{Filter(step, info)}\" -frames:v {sampling.Frames} -f rawvideo -pix_fmt rgb24")))
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
        while (times.Count < frames) times.Add(times.Count * step);
        return (IReadOnlyList<double>)times[..frames];
    }, ct);

    /// <summary>ffmpeg's words where <c>-max_pixels</c> stopped a decoder; some containers then have pictures of no size, others no stream at all.</summary>
    private static bool IsTooLarge(string line) => line.Contains("exceeds specified max pixel count", StringComparison.Ordinal);

    private static ScanPipelineItemException TooLarge() =>
        ScanPipelineItemException.Decode(ErrorClass.MediaTooLarge, $"its frames have more than {StillDecoder.MaxPixels / 1_000_000} megapixels");

    /// <summary>One frame, the first, of each stretch of this length: even over the duration whatever the frame rate does.</summary>
    private double Step(VideoInfo info)
    {
        if (sampling.Strategy == VideoSamplingStrategy.Interval) return sampling.Interval.TotalSeconds;
        return info.Duration is { } duration ? Math.Max(duration / sampling.Frames, LeastStep) : UnknownDurationStep.TotalSeconds;
    }

    /// <summary>
    /// Sampling comes before scaling, so that frames nobody wants are not converted. The scale is to the size that was probed: should the container
    /// change its mind half-way, frames on the pipe still have one size.
    /// </summary>
    private static string Filter(double step, VideoInfo info) => string.Create(CultureInfo.InvariantCulture,
        $"select='isnan(prev_selected_t)+gt(floor((t+0.000001)/{step:0.######}),floor((prev_selected_t+0.000001)/{step:0.######}))',"
        + $"showinfo=checksum=0,scale={info.Width}:{info.Height},format=rgb24");

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
