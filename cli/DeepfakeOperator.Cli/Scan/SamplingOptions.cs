using System.CommandLine;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Cli.Scan;

/// <summary>What a ScanJob says under <c>spec.sampling</c>, as options, with its bounds and its defaults.</summary>
internal static class SamplingOptions
{
    private const int MostPixels = 100_000, MostFrames = 10_000;

    private static readonly SamplingSpec Default = new();

    internal static Option<int> MinFace() => new("--min-face")
    {
        Description = "Smallest face that is looked at, in pixels of its shorter side (spec.sampling.faces.minSize).",
        DefaultValueFactory = _ => Default.Faces.MinSize,
    };

    internal static Option<int> Frames() => new("--frames")
    {
        Description = "Most frames of a video that are looked at (spec.sampling.video.frames).", DefaultValueFactory = _ => Default.Video.Frames,
    };

    /// <exception cref="UsageException">A value is out of bounds.</exception>
    internal static SamplingSpec Of(int minFace, int frames)
    {
        if (minFace is < 0 or > MostPixels) throw new UsageException($"--min-face: {minFace} is not 0 to {MostPixels}");
        if (frames is < 1 or > MostFrames) throw new UsageException($"--frames: {frames} is not 1 to {MostFrames}");
        return Default with { Faces = Default.Faces with { MinSize = minFace }, Video = Default.Video with { Frames = frames } };
    }
}
