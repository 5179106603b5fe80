using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Tests.Media;

namespace DeepfakeOperator.Scanning.Tests.Inference;

/// <summary>Clips of a video that brightens from black to white in four seconds, 25 frames each: frame n has brightness 2.55·n.</summary>
public sealed class ClipTests
{
    private static readonly VideoSpec EveryFifth = new() { Sampling = FrameSampling.Stride, Stride = 5, ClipLength = 4 };

    [Theory]
    [InlineData("clip_channels_first", TensorLayout.NCTHW)]
    [InlineData("clip_time_first", TensorLayout.NTCHW)]
    public async Task Frames_lie_in_the_tensor_as_the_layout_says(string model, TensorLayout layout)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, Frames(model, layout, EveryFifth), new VideoSamplingSpec { Frames = 20 }));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        // 20 frames, 0.2 s apart, in five clips: one score a frame, which is its brightness.
        var units = verdict.Detectors[0].Units;
        Assert.Equal(20, units.Count);
        for (var i = 0; i < units.Count; i++)
        {
            Assert.Equal(0.2 * i, units[i].T, 2);
            Assert.InRange(units[i].Score - (units[i].T / 4), -0.03, 0.03);
        }
        Assert.Equal(20, verdict.Timeline!.Count);
        Assert.InRange(verdict.Score!.Value, 0.45, 0.5);
    }

    [Fact]
    public async Task A_clip_has_the_score_of_its_order_of_frames()
    {
        await using var scan = new TestScan();
        var spec = Frames("clip_channels_first", TensorLayout.NCTHW, EveryFifth with { ClipStride = 2 }) with
        {
            Outputs = [new OutputSpec { Name = "logit", Kind = OutputKind.SigmoidLogit, Polarity = new PolaritySpec { HighIsFake = true } }],
        };
        await scan.StartAsync(With(scan, spec, new VideoSamplingSpec { Frames = 20 }));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        // Frames 0, 2, 4, 6 of the sampled ones, then 7, 9, …: first less last is −6 steps of 0.05.
        var units = verdict.Detectors[0].Units;
        Assert.Equal([0, 1.4], units.Select(unit => Math.Round(unit.T, 1)));
        Assert.All(units, unit => Assert.InRange(Math.Log(unit.Score / (1 - unit.Score)), -0.35, -0.25));
    }

    [Theory]
    [InlineData(ShortClipPad.Repeat, 2 / 3d)]
    [InlineData(ShortClipPad.Mirror, 1 / 3d)]
    [InlineData(ShortClipPad.Zero, 0)]
    public async Task A_video_that_is_shorter_than_a_clip_is_filled(ShortClipPad pad, double last)
    {
        await using var scan = new TestScan();
        var spec = Frames("clip_channels_first", TensorLayout.NCTHW, new VideoSpec { Sampling = FrameSampling.Fps, Fps = 0.75, ClipLength = 4, ShortClipPad = pad }) with
        {
            Outputs = [new OutputSpec { Name = "logit", Kind = OutputKind.SigmoidLogit, Polarity = new PolaritySpec { HighIsFake = true } }],
        };
        await scan.StartAsync(With(scan, spec, new VideoSamplingSpec()));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        // Three frames of brightness 0, 1/3 and 2/3; the model gives the first less the fourth.
        Assert.InRange(Math.Log(verdict.Score!.Value / (1 - verdict.Score.Value)), -last - 0.03, -last + 0.03);
    }

    [Fact]
    public async Task The_job_may_ask_for_runs_of_consecutive_frames()
    {
        await using var scan = new TestScan();
        var spec = Frames("clip_channels_first", TensorLayout.NCTHW, new VideoSpec { ClipLength = 4 });
        await scan.StartAsync(With(scan, spec, new VideoSamplingSpec { Strategy = VideoSamplingStrategy.Clips, Frames = 8 }));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        Assert.Equal([0, 0.04, 0.08, 0.12, 2, 2.04, 2.08, 2.12], verdict.Detectors[0].Units.Select(unit => Math.Round(unit.T, 2)));
    }

    [Fact]
    public async Task A_still_is_no_clip()
    {
        await using var scan = new TestScan();
        await scan.StartAsync(With(scan, Frames("clip_channels_first", TensorLayout.NCTHW, EveryFifth), new VideoSamplingSpec()));
        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(9)));
        Assert.Equal(Verdict.NotApplicable, verdict.Verdict);
        Assert.Contains("clips of a video", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detectors_that_sample_differently_get_each_their_own_frames()
    {
        await using var scan = new TestScan();
        var stride = TestScan.MeanBytes with { Video = new VideoSpec { Sampling = FrameSampling.Stride, Stride = 50 } };
        var keyframes = TestScan.MeanBytes with { Video = new VideoSpec { Sampling = FrameSampling.Keyframes, Frames = 3 } };
        await scan.StartAsync(scan.Configuration(stride, keyframes));

        var verdict = await scan.JudgeAsync(TestScan.Inline(await Clip.BrighteningAsync(4)));

        Assert.Equal([0, 2], verdict.Detectors[0].Units.Select(unit => Math.Round(unit.T, 2)));
        Assert.Equal([0, 1, 2], verdict.Detectors[1].Units.Select(unit => Math.Round(unit.T, 2)));
    }

    private static DetectorSpec Frames(string model, TensorLayout layout, VideoSpec video) =>
        TestScan.Spec(model, new InputSpec { Name = "clip", Layout = layout }, new OutputSpec { Name = "frames", Kind = OutputKind.PerFrame, Polarity = new PolaritySpec { HighIsFake = true } }) with
        {
            Modality = Modality.Clip,
            Video = video,
            Image = new ImageSpec { Width = 8, Height = 8, Scale = 1 / 255d },
        };

    private static Api.Internal.ScanConfiguration With(TestScan scan, DetectorSpec spec, VideoSamplingSpec sampling)
    {
        var configuration = scan.Configuration(spec);
        return configuration with { Spec = configuration.Spec with { Sampling = new SamplingSpec { Video = sampling } } };
    }
}
