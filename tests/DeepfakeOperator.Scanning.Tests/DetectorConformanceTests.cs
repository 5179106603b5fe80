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
        var check = await CheckAsync(scan, TestScan.MeanBytes, Pictures.Gray(192), "logit", 4);
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

    private static Task<DetectorCheck> CheckAsync(TestScan scan, DetectorSpec spec, byte[] input, string output, params double[] values)
    {
        var conformance = new ConformanceSpec
        {
            Input = new ConformanceInput { Uri = scan.Write("golden.png", input).OriginalString, Sha256 = Convert.ToHexStringLower(SHA256.HashData(input)) },
            Expected = [new ExpectedOutput { Output = output, Values = values }],
        };
        return DetectorConformance.CheckAsync(new ResolvedDetector("d", 1, spec with { Conformance = conformance }), scan.Options, TestContext.Current.CancellationToken);
    }
}
