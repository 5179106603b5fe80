using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Records;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests.Verdicts;

/// <summary>Outputs that are more than a score, through a whole scan; the model's answers are in the picture (make_models.py, answers).</summary>
public sealed class OutputTests
{
    private static readonly OutputSpec Distance = new() { Name = "distance", Kind = OutputKind.Distance, Polarity = new PolaritySpec { HighIsFake = true } };

    [Fact]
    public async Task A_mask_is_a_small_png_with_its_coverage()
    {
        var mask = new OutputSpec { Name = "map", Kind = OutputKind.Mask, Mask = new MaskSpec { Index = 1, Threshold = 0.7 } };
        // Green in the right half at 200 of 255.
        var verdict = await ScanAsync((x, _) => new SKColor(0, (byte)(x < 4 ? 0 : 200), 0), Distance, mask);

        Assert.Equal(0.5, verdict.Mask!.Coverage);
        using var png = SKBitmap.Decode(Convert.FromBase64String(verdict.Mask.Png));
        Assert.Equal((8, 8), (png.Width, png.Height));
        Assert.Equal((0, 200), (png.GetPixel(0, 3).Red, png.GetPixel(7, 3).Red));
    }

    [Theory]
    [InlineData(0.5, "green")]
    [InlineData(0.999, "unknown")]
    public async Task A_generator_is_named_or_unknown(double openSetBelow, string generator)
    {
        var attribution = new OutputSpec
        {
            Name = "generators",
            Kind = OutputKind.Attribution,
            Labels = ["red", "green", "blue"],
            Attribution = new AttributionSpec { OpenSetBelow = openSetBelow },
        };
        var verdict = await ScanAsync((_, _) => new SKColor(51, 102, 51), Distance, attribution);

        // Logits 2, 4, 2.
        Assert.Equal(generator, verdict.Detectors[0].Attribution!.Generator);
        Assert.Equal(Math.Exp(2) / (Math.Exp(2) + 2), verdict.Detectors[0].Attribution!.Probability, 5);
    }

    [Fact]
    public async Task Segments_are_listed_and_the_highest_is_the_score()
    {
        byte[] row = [51, 204, 153, 102, 0, 255, 0, 0];
        var verdict = await ScanAsync((x, y) => new SKColor(y == 0 ? row[x] : (byte)0, 0, 0),
            new OutputSpec { Name = "segments", Kind = OutputKind.Segments, Polarity = new PolaritySpec { HighIsFake = true } });

        // The second row ends before it starts: it is padding.
        var segment = Assert.Single(verdict.Segments!);
        Assert.Equal("detector-0", segment.Detector);
        Assert.Equal(0.2, segment.Start, 5);
        Assert.Equal(0.8, segment.End, 5);
        Assert.Equal(0.6, segment.Score, 5);
        Assert.Equal(0.6, verdict.Score!.Value, 5);
    }

    [Fact]
    public async Task A_distance_becomes_a_probability_by_its_calibration()
    {
        await using var scan = new TestScan();
        var spec = Answers(Distance) with { Calibration = new CalibrationSpec { Method = CalibrationMethod.Platt, A = 10, B = -4 } };
        await scan.StartAsync(scan.Configuration(spec));
        var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(51)));
        Assert.Equal(1 / (1 + Math.Exp(2)), verdict.Score!.Value, 5);
    }

    [Fact]
    public async Task A_tensor_may_be_read_in_several_kinds()
    {
        var verdict = await ScanAsync((_, _) => new SKColor(51, 102, 51),
            new OutputSpec { Name = "generators", Kind = OutputKind.SoftmaxLogits, Polarity = new PolaritySpec { FakeIndex = 1 } },
            new OutputSpec { Name = "generators", Kind = OutputKind.Attribution, Labels = ["red", "green", "blue"] });
        Assert.Equal(verdict.Detectors[0].Attribution!.Probability, verdict.Score!.Value, 6);
    }

    private static async Task<VerdictRecord> ScanAsync(Func<int, int, SKColor> pixel, params OutputSpec[] outputs)
    {
        await using var scan = new TestScan();
        await scan.StartAsync(scan.Configuration(Answers(outputs)));
        return await scan.JudgeAsync(TestScan.Inline(Pictures.Encode(8, 8, SKEncodedImageFormat.Png, pixel)));
    }

    private static DetectorSpec Answers(params OutputSpec[] outputs) =>
        TestScan.Spec("answers", new InputSpec { Name = "image", Layout = TensorLayout.NCHW, Shape = [-1, 3, 8, 8] }, outputs[0]) with
        {
            Image = new ImageSpec { Width = 8, Height = 8, Scale = 1 / 255d },
            Outputs = outputs,
        };
}
