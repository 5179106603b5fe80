using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Faces;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Media;

namespace DeepfakeOperator.Scanning;

/// <summary>Hands the pictures of an item to the sources of units that take them.</summary>
/// <param name="detectors">The detectors.</param>
/// <param name="finders">For each, what finds its faces; null: it asks for none.</param>
/// <param name="videos">Decodes videos.</param>
/// <param name="stills">Decodes stills for the detectors that want ffmpeg's pixels.</param>
/// <param name="sampling">What the ScanJob samples.</param>
/// <param name="waiting">Told when an item begins (-1) and ends (+1) to wait for faces.</param>
internal sealed class PictureStage(
    IReadOnlyList<IDetector> detectors, IReadOnlyList<FaceFinder?> finders, VideoDecoder videos, FfmpegStills stills, SamplingSpec sampling, Action<int> waiting)
{
    /// <summary>A still; <paramref name="sources"/> has null for detectors that do not apply.</summary>
    internal async Task StillAsync(ScanPipelineItem item, PixelBuffer pixels, IUnitSource?[] sources, CancellationToken ct)
    {
        using var handout = Handout(item, sources, Enumerable.Range(0, sources.Length).Where(i => !ByFfmpeg(i)));
        await handout.AddAsync(0, pixels, borrowed: false, _ => true, ct);
        await handout.EndAsync(ct);
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i] is null || !ByFfmpeg(i)) continue;
            var size = ResizePlan.Resized(pixels.Width, pixels.Height, Spec(i).Image);
            using var scaled = await stills.ScaleAsync(item.Media!, size.Width, size.Height, ct);
            using var own = Handout(item, sources, [i]);
            await own.AddAsync(0, scaled, borrowed: false, _ => true, ct);
            await own.EndAsync(ct);
        }
    }

    /// <summary>A video, once for each way in which its frames are chosen. Returns the times of the first pass, and how many frames it had.</summary>
    internal async Task<(IReadOnlyList<double> Times, int Frames)> VideoAsync(ScanPipelineItem item, VideoInfo info, IUnitSource?[] sources, CancellationToken ct)
    {
        IReadOnlyList<double> first = [];
        var passes = Enumerable.Range(0, sources.Length).Where(i => sources[i] is not null && detectors[i].TakesFrames).GroupBy(i => Plan(i, info));
        foreach (var pass in passes)
        {
            var (plan, takers) = (pass.Key, pass.ToArray());
            using var handout = Handout(item, sources, takers);
            var times = await videos.DecodeAsync(item.Media!, plan, (index, pixels, token) =>
                handout.AddAsync(index, pixels, borrowed: true, detector => Takes(Spec(detector).Video, index, plan.Expected), token), ct);
            await handout.EndAsync(ct);
            foreach (var detector in takers) item.Timed(detector, times);
            if (first.Count == 0) first = times;
        }
        return (first, first.Count);
    }

    private DetectorSpec Spec(int detector) => detectors[detector].Spec;

    private bool ByFfmpeg(int detector) => Spec(detector).Image.Interpolation == Interpolation.FfmpegBilinear;

    private FramePlan Plan(int detector, VideoInfo info)
    {
        var plan = FramePlan.Of(sampling.Video, Spec(detector).Video, info);
        if (!ByFfmpeg(detector)) return plan;
        var size = ResizePlan.Resized(info.Width, info.Height, Spec(detector).Image);
        return plan with { Width = size.Width, Height = size.Height, Flags = "bilinear" };
    }

    private FrameHandout Handout(ScanPipelineItem item, IUnitSource?[] sources, IEnumerable<int> takers) =>
        new(item, [.. takers.Where(i => sources[i] is not null).Select(i => new FrameTaker(i, Spec(i), sources[i]!, finders[i]))], sampling.Faces, waiting);

    /// <summary>Every frame, or as many as the detector wants, evenly from the first to the last.</summary>
    private static bool Takes(VideoSpec video, int index, int expected)
    {
        var wanted = video.Frames;
        if (video.Sampling != FrameSampling.Uniform || wanted <= 0 || wanted >= expected) return true;
        if (wanted == 1) return index == 0;
        // Frame i · (expected − 1) ÷ (wanted − 1), cut off, for each i: only the first i that reaches this index can be the one.
        long last = expected - 1, steps = wanted - 1;
        return ((index * steps) + last - 1) / last * last / steps == index;
    }
}
