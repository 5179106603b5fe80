using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Tests;

/// <summary>A scan over the tiny models: configuration, scratch folder, submit and wait.</summary>
internal sealed class TestScan : IAsyncDisposable
{
    private ScanPipeline? _pipeline;

    internal static string ModelFolder { get; } = Path.Combine(AppContext.BaseDirectory, "Models");

    internal TestScan() => Directory.CreateDirectory(MediaFolder);

    internal string Folder { get; } = Path.Combine(Path.GetTempPath(), "scan-" + Guid.NewGuid().ToString("N"));

    internal string MediaFolder => Path.Combine(Folder, "media");

    internal string ScratchFolder => Path.Combine(Folder, "scratch");

    internal ScanPipelineOptions Options => new() { ScratchFolder = ScratchFolder, ModelFolder = ModelFolder };

    internal ScanPipeline Pipeline => _pipeline!;

    internal static DetectorSpec MeanBytes => Spec("mean_bytes", new InputSpec { Name = "image", Layout = TensorLayout.NHWC, Shape = [-1, 8, 8, 3], Type = TensorType.UInt8 },
        new OutputSpec { Name = "logit", Kind = OutputKind.SigmoidLogit, Polarity = new PolaritySpec { HighIsFake = true } });

    internal static DetectorSpec MeanPlanes => Spec("mean_planes", new InputSpec { Name = "image", Layout = TensorLayout.NCHW, Shape = [-1, 3, 8, 8], Type = TensorType.Float32 },
        new OutputSpec { Name = "classes", Kind = OutputKind.SoftmaxLogits, Polarity = new PolaritySpec { FakeIndex = 0 } });

    internal static DetectorSpec Spec(string model, InputSpec input, OutputSpec output) => new()
    {
        Model = new ModelSpec
        {
            Uri = $"bundled:{model}.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(ModelFolder, model + ".onnx")))),
        },
        Inputs = [input],
        MaxBatch = 8,
        Image = new ImageSpec { Width = 8, Height = 8 },
        Outputs = [output],
    };

    internal ScanConfiguration Configuration(params DetectorSpec[] detectors) => new()
    {
        Namespace = "moderation",
        Name = "scan",
        Uid = "0123456789",
        Spec = new ScanJobSpec { Source = new SourceSpec { Media = new MediaSpec { AllowedPaths = [MediaFolder] } } },
        Detectors = [.. detectors.Select((spec, index) => new ResolvedDetector($"detector-{index}", 1, spec))],
    };

    internal async Task StartAsync(ScanConfiguration configuration, ScanPipelineOptions? options = null) =>
        _pipeline = await ScanPipeline.StartAsync(configuration, options ?? Options, TestContext.Current.CancellationToken);

    internal async Task<ItemOutcome> ScanAsync(SourceItem item)
    {
        var done = new TaskCompletionSource<ItemOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await Pipeline.SubmitAsync(item, outcome => done.SetResult(outcome), TestContext.Current.CancellationToken);
        return await done.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    internal async Task<VerdictRecord> JudgeAsync(SourceItem item)
    {
        var outcome = await ScanAsync(item);
        Assert.True(outcome.Verdict is not null, outcome.Failure?.ToString());
        return outcome.Verdict;
    }

    internal async Task<ItemFailure> FailAsync(SourceItem item)
    {
        var outcome = await ScanAsync(item);
        Assert.Null(outcome.Verdict);
        return outcome.Failure!;
    }

    internal static SourceItem Inline(byte[] bytes, string id = "item") => new() { Id = id, Inline = bytes, Position = new SourcePosition("media", 0, 7) };

    internal static SourceItem At(Uri uri, string? sha256 = null) => new() { Id = "item", Uri = uri, Sha256 = sha256, Position = new SourcePosition("media", 0, 7) };

    internal Uri Write(string name, byte[] bytes)
    {
        var path = Path.Combine(MediaFolder, name);
        File.WriteAllBytes(path, bytes);
        return new Uri("file://" + path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null) await _pipeline.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
