using System.Text.Json;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.DevCluster;

namespace DeepfakeOperator.Scanning.Tests.Faces;

/// <summary>YuNet from its YAML, with the published file where it is at hand.</summary>
public sealed class PublishedFaceTests
{
    [Fact]
    public async Task YuNet_passes_its_check()
    {
        var check = await CheckAsync(level => level);
        Assert.True(check.Passed, check.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public async Task A_dropped_or_a_wrong_objectness_is_caught_and_named_at_each_stride(int stride)
    {
        foreach (var wrong in new Func<BoxLevelSpec, string?>[] { _ => null, level => level.Score })
        {
            var check = await CheckAsync(level => stride == 0 || stride == level.Stride ? level with { Objectness = wrong(level) } : level);
            Assert.Equal((false, "BoxesDiffer"), (check.Passed, check.Reason));
            Assert.Contains("the objectness or score of boxes.levels", check.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Swapped_strides_are_caught_and_named()
    {
        var check = await CheckAsync(level => level with { Stride = level.Stride switch { 8 => 32, 32 => 8, _ => level.Stride } });
        Assert.Equal((false, "ModelMismatch"), (check.Passed, check.Reason));
        Assert.Contains("boxes.levels[0].stride", check.Message, StringComparison.Ordinal);
    }

    private static async Task<DetectorCheck> CheckAsync(Func<BoxLevelSpec, BoxLevelSpec> change)
    {
        var folder = Path.GetFullPath(PublishedModels.Folder());
        var ct = TestContext.Current.CancellationToken;
        var manifest = ManifestApplier.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "detectors", "yunet.yaml"), ct))[0];
        var spec = manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!;
        spec = spec with
        {
            Model = spec.Model! with { Uri = $"file://{folder}/yunet_n_dynamic.onnx" },
            Boxes = spec.Boxes! with { Levels = [.. spec.Boxes.Levels.Select(change)] },
            Conformance = spec.Conformance! with
            {
                Input = spec.Conformance.Input with { Uri = "file://" + Path.GetFullPath(Path.Combine(folder, "..", "media", "facedet", "1face.png")) },
            },
        };
        await using var scan = new TestScan();
        return await DetectorConformance.CheckAsync(new ResolvedDetector("yunet", 1, spec), scan.Options, ct);
    }
}
