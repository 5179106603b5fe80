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

    [Fact]
    public async Task The_bundled_detector_is_valid_and_reproduces_its_golden_output()
    {
        await using var scan = new TestScan();
        var manifest = ManifestApplier.Parse(await File.ReadAllTextAsync(Path.Combine(Models, "upsampling-trace", "detector.yaml"), TestContext.Current.CancellationToken))[0];
        var spec = manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!;
        Assert.Empty(SpecValidation.Check(spec));

        var check = await DetectorConformance.CheckAsync(
            new ResolvedDetector("upsampling-trace", 1, spec), scan.Options with { ModelFolder = Models }, TestContext.Current.CancellationToken);
        Assert.True(check.Passed, check.Message);
    }
}
