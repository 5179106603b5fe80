using System.Globalization;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Media;

/// <summary>Which frames of a video are decoded, and to what size. Detectors with equal plans share one pass over the video.</summary>
/// <param name="Select">The expression of ffmpeg's select filter.</param>
/// <param name="KeyframesOnly">Others are not even decoded.</param>
/// <param name="Frames">At most so many.</param>
/// <param name="Step">Seconds from frame to frame, where frames have no time stamps of their own.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Flags">Of the scaler; empty: ffmpeg's own.</param>
internal sealed record FramePlan(string Select, bool KeyframesOnly, int Frames, double Step, int Width, int Height, string Flags)
{
    /// <summary>Spacing where a container does not say how long it is.</summary>
    private const double UnknownDurationStep = 1;

    /// <summary>Frame rate where a container does not say it.</summary>
    private const double UnknownRate = 25;

    /// <summary>A duration that lies must not become a step of nothing: then no frame after the first would be another's successor.</summary>
    private const double LeastStep = 0.001;

    /// <summary>True: of each time the frame that stands then is taken; false: the first one from then on.</summary>
    internal bool Standing { get; private init; }

    /// <summary>How many frames are expected: what a detector that wants fewer chooses from.</summary>
    internal int Expected { get; private init; } = Frames;

    /// <summary>Sampling comes before scaling, so that frames nobody wants are not converted. The scale is to one size whatever the container does half-way.</summary>
    internal string Filter => string.Create(CultureInfo.InvariantCulture,
        $"select='{Select}',showinfo=checksum=0,scale={Width}:{Height}{(Flags.Length > 0 ? ":flags=" : "")}{Flags},format=rgb24");

    /// <summary>What the descriptor asks for, within what the ScanJob samples; Uniform leaves it to the ScanJob.</summary>
    internal static FramePlan Of(VideoSamplingSpec job, VideoSpec detector, VideoInfo info)
    {
        var frames = detector.Frames > 0 ? Math.Min(detector.Frames, job.Frames) : job.Frames;
        return detector.Sampling switch
        {
            FrameSampling.Stride => Make(string.Create(CultureInfo.InvariantCulture, $"not(mod(n,{detector.Stride}))"), frames, detector.Stride / Rate(info), info),
            FrameSampling.Fps => Make(Every(1 / detector.Fps), frames, 1 / detector.Fps, info),
            FrameSampling.Keyframes => Make("1", frames, UnknownDurationStep, info) with { KeyframesOnly = true },
            _ => Job(job, detector, info),
        };
    }

    /// <summary>The one picture of a still, scaled by ffmpeg.</summary>
    internal static FramePlan Still(int width, int height) => new("1", false, 1, 0, width, height, "bilinear");

    private static FramePlan Job(VideoSamplingSpec job, VideoSpec detector, VideoInfo info)
    {
        if (job.Strategy == VideoSamplingStrategy.Clips && detector.ClipLength > 1) return Clips(job, detector, info);
        var (keyframes, interval) = (job.Strategy == VideoSamplingStrategy.Keyframes, job.Strategy == VideoSamplingStrategy.Interval);
        if (!keyframes && !interval && info.PictureDuration is { } pictures) return Even(job.Frames, pictures, info);
        var step = interval ? job.Interval.TotalSeconds
            : info.PictureDuration is { } duration ? Math.Max(duration / job.Frames, LeastStep)
            : UnknownDurationStep;
        var plan = Make(Every(step), job.Frames, step, info) with { KeyframesOnly = keyframes };
        return interval && info.PictureDuration is { } length
            ? plan with { Expected = Math.Clamp((int)Math.Ceiling(length / step), 1, job.Frames) }
            : plan;
    }

    /// <summary>
    /// From the first frame to the last, as published detectors sample their test videos: numpy.linspace(0, last, frames, dtype=int), which cuts off, so
    /// that at each of the times the frame that stands then is taken.
    /// </summary>
    private static FramePlan Even(int frames, double duration, VideoInfo info)
    {
        var (rate, count) = (Rate(info), Math.Max(1, Math.Round(duration * Rate(info))));
        var step = Math.Max((count - 1) / Math.Max(1, frames - 1), LeastStep * rate);
        return Make(At(rate, step), frames, step / rate, info) with { Standing = true, Expected = info.Rate is > 0 ? (int)Math.Min(count, frames) : frames };
    }

    /// <summary>Runs of consecutive frames, as long as the clip and its stride, evenly over the duration.</summary>
    private static FramePlan Clips(VideoSamplingSpec job, VideoSpec detector, VideoInfo info)
    {
        var span = detector.ClipLength * detector.ClipStride;
        var clips = Math.Max(1, job.Frames / span);
        var (rate, duration) = (Rate(info), info.PictureDuration ?? (clips * span / Rate(info)));
        var run = (span - 0.5) / rate;
        var period = Math.Max(duration / clips, span / rate);
        return Make(string.Create(CultureInfo.InvariantCulture, $"lt(mod(t+0.000001,{period:0.######}),{run:0.######})"), clips * span, 1 / rate, info);
    }

    /// <summary>One frame, the first, of each stretch of this length: even over the duration whatever the frame rate does.</summary>
    private static string Every(double step) => string.Create(CultureInfo.InvariantCulture,
        $"isnan(prev_selected_t)+gt(floor((t+0.000001)/{step:0.######}),floor((prev_selected_t+0.000001)/{step:0.######}))");

    /// <summary>
    /// The frame that stands at each multiple of the step. Both are counted in frames of the mean rate, since time stamps are rounded (in Matroska to a
    /// millisecond) and a frame must not be taken for its neighbour by that.
    /// </summary>
    private static string At(double rate, double step)
    {
        return $"isnan(prev_selected_t)+gt({Reached("t")},{Reached("prev_selected_t")})";
        string Reached(string t) => string.Create(CultureInfo.InvariantCulture, $"floor((round(({t}-start_t)*{rate:0.#########})+0.999999)/{step:0.#########})");
    }

    private static FramePlan Make(string select, int frames, double step, VideoInfo info) => new(select, false, frames, step, info.Width, info.Height, "");

    private static double Rate(VideoInfo info) => info.Rate is > 0 and { } rate ? rate : UnknownRate;
}
