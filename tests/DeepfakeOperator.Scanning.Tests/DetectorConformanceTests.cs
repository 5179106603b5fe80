using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using SkiaSharp;

namespace DeepfakeOperator.Scanning.Tests;

public sealed class DetectorConformanceTests
{
    [Fact]
    public async Task A_detector_that_reproduces_its_outputs_passes()
    {
        await using var scan = new TestScan();
        var check = await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(192), 1 / (1 + Math.Exp(-4)), "logit", 4);
        Assert.True(check.Passed, check.Message);
        Assert.Equal(("Conformant", "CPU"), (check.Reason, check.Provider));
        Assert.Equal(0, check.WorstDelta!.Value, 6);
    }

    [Fact]
    public async Task A_wrong_channel_order_is_caught_and_named()
    {
        await using var scan = new TestScan();
        var red = Pictures.Encode(8, 8, SKEncodedImageFormat.Png, (_, _) => new SKColor(200, 100, 50));
        var check = await CheckAsync(scan, TestScan.MeanPlanes with { Image = TestScan.MeanPlanes.Image with { Colour = ColourOrder.BGR } }, red, "classes", 200, 100, 50);
        Assert.Equal((false, "OutputsDiffer"), (check.Passed, check.Reason));
        Assert.Contains("image.colour RGB", check.Message, StringComparison.Ordinal);
        Assert.Equal(150, check.WorstDelta!.Value, 3);
    }

    [Fact]
    public async Task A_wrong_scale_is_caught_and_named()
    {
        await using var scan = new TestScan();
        var check = await CheckAsync(scan, TestScan.MeanPlanes, Pictures.Gray(255), "classes", 1, 1, 1);
        Assert.False(check.Passed);
        Assert.Contains("image.scale 0.00392156862745098", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_polarity_is_caught_by_the_score_and_named()
    {
        await using var scan = new TestScan();
        var real = TestScan.MeanBytes with { Outputs = [TestScan.MeanBytes.Outputs[0] with { Polarity = new PolaritySpec { HighIsFake = false } }] };
        var check = await CheckAsync(scan, real, Pictures.Gray(192), 1 / (1 + Math.Exp(-4)), "logit", 4);
        Assert.Equal((false, "ScoreDiffers"), (check.Passed, check.Reason));
        Assert.Contains("outputs[0].polarity is likely wrong: with highIsFake true", check.Message, StringComparison.Ordinal);

        var index = await CheckAsync(scan, TestScan.MeanPlanes, Pictures.Encode(8, 8, SKEncodedImageFormat.Png, (_, _) => new SKColor(1, 3, 0)), 0.8438, "classes", 1, 3, 0);
        Assert.Contains("with fakeIndex 1", index.Message, StringComparison.Ordinal);
        Assert.True((await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(192), 1 / (1 + Math.Exp(-4)), "logit", 4)).Passed);
    }

    [Fact]
    public async Task Without_a_score_a_wrong_polarity_would_pass_so_it_is_required()
    {
        await using var scan = new TestScan();
        var check = await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(192), "logit", 4);
        Assert.Equal((false, "ConformanceMissing"), (check.Passed, check.Reason));
        Assert.StartsWith("conformance.score: required", check.Message, StringComparison.Ordinal);
        Assert.EndsWith("P(fake) is 0.982", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boxes_that_are_not_decoded_are_caught_and_named()
    {
        await using var scan = new TestScan();
        Assert.True((await FacesAsync(scan, Finder)).Passed);
        // The published boxes are decoded, this export's are not; names, shapes and scores are the same.
        var check = await CheckAsync(scan, Finder with { Outputs = [new OutputSpec { Name = "boxes" }] }, OneFace, null, "boxes", 0.1, 0.1, 0.9, 0.9);
        Assert.Equal("OutputsDiffer", check.Reason);
        Assert.Contains("boxes.format", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boxes_that_are_decoded_wrongly_are_caught_and_named_though_the_raw_values_agree()
    {
        await using var scan = new TestScan();
        var index = await FacesAsync(scan, Finder with { Boxes = Finder.Boxes! with { ScoreIndex = 1 } });
        Assert.Equal((false, "BoxesDiffer"), (index.Passed, index.Reason));
        Assert.Contains("boxes.scoreIndex", index.Message, StringComparison.Ordinal);
        var pixels = await FacesAsync(scan, Finder with { Boxes = Finder.Boxes! with { Relative = false } });
        Assert.Equal("BoxesDiffer", pixels.Reason);
        Assert.Contains("boxes.relative", pixels.Message, StringComparison.Ordinal);

        var score = await FacesAsync(scan, Finder, [new ExpectedBox { Box = [2, 2, 4, 4], Score = 0.5 }]);
        Assert.Contains("conformance.boxes[0].score: the face's score is 0.902, not 0.5", score.Message, StringComparison.Ordinal);
        var twice = await FacesAsync(scan, Finder, [new ExpectedBox { Box = [2, 2, 4, 4], Score = 0.902 }, new ExpectedBox { Box = [5, 5, 2, 2], Score = 0.902 }]);
        Assert.Contains("conformance.boxes[1]: that face was not found", twice.Message, StringComparison.Ordinal);
        var none = await FacesAsync(scan, Finder, []);
        Assert.Equal("ConformanceMissing", none.Reason);
        Assert.Contains("conformance.boxes: required", none.Message, StringComparison.Ordinal);
        Assert.Contains("score: 0.902", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_or_fewer_labels_than_classes_are_refused()
    {
        await using var scan = new TestScan();
        string[][] wrong = [["fake", "real"], ["fake", "real", "edited", "unknown"]];
        foreach (var labels in wrong)
        {
            var check = await CheckAsync(scan, TestScan.MeanPlanes with { Outputs = [TestScan.MeanPlanes.Outputs[0] with { Labels = labels }] }, Pictures.Gray(1), "classes", 1);
            Assert.Equal("ModelMismatch", check.Reason);
            Assert.Contains($"outputs[0].labels: {labels.Length} names, but 'classes' has 3", check.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_sha256_is_caught_and_named()
    {
        await using var scan = new TestScan();
        var check = await CheckAsync(scan, TestScan.MeanBytes with { Model = TestScan.MeanBytes.Model! with { Sha256 = new string('0', 64) } }, Pictures.Gray(1), "logit", 1);
        Assert.Equal((false, "ChecksumMismatch"), (check.Passed, check.Reason));
        Assert.Contains("model.sha256", check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_broken_is_a_failed_check_and_no_exception()
    {
        await using var scan = new TestScan();
        async Task<string> ReasonAsync(DetectorSpec spec) =>
            (await DetectorConformance.CheckAsync(new ResolvedDetector("d", 1, spec), scan.Options, TestContext.Current.CancellationToken)).Reason;

        Assert.Equal("ConformanceMissing", await ReasonAsync(TestScan.MeanBytes));
        Assert.Equal("DescriptorInvalid", await ReasonAsync(TestScan.MeanBytes with { Modality = Modality.Audio }));
        Assert.Equal("ModelNotFound", await ReasonAsync(TestScan.MeanBytes with { Model = new ModelSpec { Uri = "bundled:none" } }));
        Assert.Equal("DescriptorInvalid", (await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(9), "other", 1)).Reason);
        Assert.Equal("ConformanceInputInvalid", (await CheckAsync(scan, TestScan.MeanBytes, [1, 2, 3], "logit", 1)).Reason);
        Assert.Equal("ConformanceInputInvalid", (await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(9)[..40], "logit", 1)).Reason);
    }

    /// <summary>Its first row of red is the box, then the scores (see make_models.py).</summary>
    private static DetectorSpec Finder => TestScan.Spec("painted_faces", TestScan.MeanPlanes.Inputs[0], new OutputSpec { Name = "scores" }) with
    {
        Role = DetectorRole.FaceDetector,
        Image = TestScan.MeanPlanes.Image with { Scale = 1 / 255d },
        Outputs = [new OutputSpec { Name = "scores" }],
        Boxes = new BoxesSpec { Format = BoxFormat.Corners, Levels = [new BoxLevelSpec { Score = "scores", Box = "boxes" }] },
    };

    private static byte[] OneFace =>
        Pictures.Encode(8, 8, SKEncodedImageFormat.Png, (x, y) => new SKColor(y == 0 && x < 5 ? new byte[] { 64, 64, 191, 191, 230 }[x] : (byte)0, 0, 0));

    private static Task<DetectorCheck> FacesAsync(TestScan scan, DetectorSpec spec, IReadOnlyList<ExpectedBox>? faces = null) =>
        CheckAsync(scan, spec, OneFace, null, faces ?? [new ExpectedBox { Box = [2, 2, 4, 4], Score = 0.902 }], "scores", 230 / 255d, 0);

    private static Task<DetectorCheck> CheckAsync(TestScan scan, DetectorSpec spec, byte[] input, string output, params double[] values) =>
        CheckAsync(scan, spec, input, null, output, values);

    private static Task<DetectorCheck> CheckAsync(TestScan scan, DetectorSpec spec, byte[] input, double? score, string output, params double[] values) =>
        CheckAsync(scan, spec, input, score, [], output, values);

    private static Task<DetectorCheck> CheckAsync(
        TestScan scan, DetectorSpec spec, byte[] input, double? score, IReadOnlyList<ExpectedBox> faces, string output, params double[] values)
    {
        var conformance = new ConformanceSpec
        {
            Input = new ConformanceInput { Uri = scan.Write("golden.png", input).OriginalString, Sha256 = Convert.ToHexStringLower(SHA256.HashData(input)) },
            Expected = [new ExpectedOutput { Output = output, Values = values }],
            Score = score,
            Boxes = faces,
            BoxTolerance = 0.1,
        };
        return DetectorConformance.CheckAsync(new ResolvedDetector("d", 1, spec with { Conformance = conformance }), scan.Options, TestContext.Current.CancellationToken);
    }
}
