using System.Text.Json;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Validation;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.Scanning.Tests;

public sealed class BundledDetectorTests
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("video-real.mp4")]
    [InlineData("video-made.mp4")]
    public async Task The_bundled_detector_judges_the_sample_videos(string name)
    {
        await using var scan = new TestScan();
        var spec = await SpecAsync();
        var configuration = scan.Configuration(spec);
        await scan.StartAsync(configuration, scan.Options with { ModelFolder = Models });

        var verdict = await scan.JudgeAsync(TestScan.At(scan.Write("x.mp4", await File.ReadAllBytesAsync(Path.Combine(Samples, name), Cancelled))));

        Assert.Equal(16, verdict.Timeline!.Count);
    }

    [Fact]
    public async Task The_bundled_detector_is_valid_and_reproduces_its_golden_output()
    {
        await using var scan = new TestScan();
        var spec = await SpecAsync();
        Assert.Empty(SpecValidation.Check(spec));

        var check = await DetectorConformance.CheckAsync(
            new ResolvedDetector("upsampling-trace", 1, spec), scan.Options with { ModelFolder = Models }, Cancelled);
        Assert.True(check.Passed, check.Message);
    }

    [Fact]
    public async Task A_wrong_polarity_of_the_bundled_detector_would_be_caught()
    {
        await using var scan = new TestScan();
        var spec = await SpecAsync();
        var turned = spec with { Outputs = [spec.Outputs[0] with { Polarity = new PolaritySpec { HighIsFake = false } }] };

        var check = await DetectorConformance.CheckAsync(
            new ResolvedDetector("upsampling-trace", 1, turned), scan.Options with { ModelFolder = Models }, Cancelled);

        Assert.Equal((false, "ScoreDiffers"), (check.Passed, check.Reason));
        Assert.Contains("outputs[0].polarity is likely wrong: with highIsFake true", check.Message, StringComparison.Ordinal);
    }

    private static async Task<DetectorSpec> SpecAsync()
    {
        var manifest = ManifestApplier.Parse(await File.ReadAllTextAsync(Path.Combine(Models, "upsampling-trace", "detector.yaml"), Cancelled))[0];
        return manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!;
    }
}
