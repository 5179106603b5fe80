using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace DeepfakeOperator.Scanning.Tests.Inference;

public sealed class ModelSessionTests
{
    [Fact]
    public async Task A_run_allocates_nothing()
    {
        using var session = await LoadAsync(TestScan.MeanBytes);
        using var buffer = new BatchBuffer(session, [1, 2, 4]);
        var values = new float[1];
        for (var size = 1; size <= 4; size++) buffer.Run(size);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            buffer.Slot(2, 0).Fill(192);
            buffer.Run(3);
            buffer.Read(2, values);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(4, values[0]);
    }

    [Fact]
    public void Buckets_are_padded_on_a_device_and_exact_on_the_processor()
    {
        Assert.Equal([1, 2, 4, 8, 16, 24], Batcher.Sizes(24, ExecutionProvider.CUDA));
        Assert.Equal([1, 2, 3], Batcher.Sizes(3, ExecutionProvider.CPU));
    }

    [Fact]
    public async Task A_graph_with_a_batch_of_one_runs_one_by_one()
    {
        await using var scan = new TestScan();
        var spec = TestScan.Spec("mean_bytes_one", TestScan.MeanBytes.Inputs[0], TestScan.MeanBytes.Outputs[0]);
        await scan.StartAsync(scan.Configuration(spec with { MaxBatch = 1 }));
        Assert.Equal(1 / (1 + Math.Exp(-4)), (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(192)))).Score!.Value, 6);
        var error = await Assert.ThrowsAsync<DetectorException>(() => LoadAsync(spec));
        Assert.Contains("maxBatch", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, Func<DetectorSpec, DetectorSpec>> Refusals => new()
    {
        { "face", "DescriptorInvalid", spec => spec with { Modality = Modality.Face } },
        { "role", "DescriptorInvalid", spec => spec with { Role = DetectorRole.VoiceActivity } },
        { "inputs[0].shape", "DescriptorInvalid", spec => spec with { Inputs = [spec.Inputs[0] with { Shape = [-1, 3, 8, 8] }] } },
        { "inputs[0].type", "DescriptorInvalid", spec => spec with { Inputs = [spec.Inputs[0] with { Type = TensorType.Float16 }] } },
        { "inputs[0].type", "ModelMismatch", spec => spec with { Inputs = [spec.Inputs[0] with { Type = TensorType.Float32 }] } },
        { "inputs[0].name", "ModelMismatch", spec => spec with { Inputs = [spec.Inputs[0] with { Name = "pixels" }] } },
        { "image.width", "ModelMismatch", spec => spec with { Image = new ImageSpec { Width = 9, Height = 8 }, Inputs = [spec.Inputs[0] with { Shape = [-1, 8, 9, 3] }] } },
        { "image.scale", "DescriptorInvalid", spec => spec with { Image = spec.Image with { Scale = 1 / 255d } } },
        { "augmentation.flip", "DescriptorInvalid", spec => spec with { Image = spec.Image with { Crop = CropMode.TenCrop }, Augmentation = new AugmentationSpec { Flip = true } } },
        { "image.interpolation", "DescriptorInvalid", spec => spec with { Image = spec.Image with { Interpolation = Interpolation.FfmpegBilinear }, Video = new VideoSpec { EdgeTrim = 0.1 } } },
        { "boxes", "DescriptorInvalid", spec => spec with { Role = DetectorRole.FaceDetector } },
        { "video.clipLength", "DescriptorInvalid", spec => spec with { Video = new VideoSpec { ClipLength = 4 } } },
        { "inputs[0].layout", "DescriptorInvalid", spec => spec with { Modality = Modality.Clip, Video = new VideoSpec { ClipLength = 4 } } },
        { "image.crop", "DescriptorInvalid", spec => spec with { Image = spec.Image with { Resize = ResizeMode.None } } },
        { "outputs[0].name", "ModelMismatch", spec => spec with { Outputs = [spec.Outputs[0] with { Name = "score" }] } },
        { "outputs: at least one", "DescriptorInvalid", spec => spec with { Outputs = [spec.Outputs[0] with { Kind = OutputKind.Mask }] } },
        { "outputs[1].kind", "ModelMismatch", spec => spec with { Outputs = [spec.Outputs[0], new OutputSpec { Name = "logit", Kind = OutputKind.Mask }] } },
        { "outputs[0].kind", "ModelMismatch", spec => spec with { Outputs = [new OutputSpec { Name = "logit", Kind = OutputKind.SoftmaxLogits, Polarity = new PolaritySpec { FakeIndex = 0 } }] } },
        { "outputs[0].polarity", "DescriptorInvalid", spec => spec with { Outputs = [spec.Outputs[0] with { Polarity = null }] } },
        { "polarity.fakeIndex", "ModelMismatch", spec => spec with { Outputs = [spec.Outputs[0] with { Polarity = new PolaritySpec { FakeIndex = 1 } }] } },
        { "aggregation.space", "DescriptorInvalid", spec => spec with { Aggregation = new AggregationSpec { Method = AggregationMethod.NoisyOr, Space = AggregationSpace.Logit } } },
        { "calibration.points", "DescriptorInvalid", spec => spec with { Calibration = new CalibrationSpec { Method = CalibrationMethod.Isotonic } } },
        { "video.fps", "DescriptorInvalid", spec => spec with { Video = new VideoSpec { Sampling = FrameSampling.Fps } } },
        { "gates.minFaces", "DescriptorInvalid", spec => spec with { Gates = new GatesSpec { MinFaces = 1 } } },
        { "model.sha256", "ChecksumMismatch", spec => spec with { Model = spec.Model! with { Sha256 = new string('0', 64) } } },
        { "model.uri", "ModelNotFound", spec => spec with { Model = spec.Model! with { Uri = "bundled:missing.onnx" } } },
        { "model.uri", "ModelNotFound", spec => spec with { Model = spec.Model! with { Uri = "bundled:../../etc/passwd" } } },
        { "model.uri", "ModelNotFound", spec => spec with { Model = spec.Model! with { Uri = "s3://bucket/model.onnx" } } },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_run_is_refused_by_the_name_of_its_field(string field, string reason, Func<DetectorSpec, DetectorSpec> change)
    {
        var error = await Assert.ThrowsAsync<DetectorException>(() => LoadAsync(change(TestScan.MeanBytes)));
        Assert.Equal(reason, error.Reason);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_refused()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "no model", TestContext.Current.CancellationToken);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("no model"u8));
        var error = await Assert.ThrowsAsync<DetectorException>(() => LoadAsync(TestScan.MeanBytes with { Model = new ModelSpec { Uri = "file://" + path, Sha256 = sha256 } }));
        Assert.Equal("ModelInvalid", error.Reason);
        File.Delete(path);
    }

    private static Task<ModelSession> LoadAsync(DetectorSpec spec) => ModelSession.LoadAsync(
        new ResolvedDetector("mean", 1, spec), [ExecutionProvider.CPU],
        new ModelStore(new ScanPipelineOptions { ScratchFolder = Path.GetTempPath(), ModelFolder = TestScan.ModelFolder }),
        NullLogger.Instance, TestContext.Current.CancellationToken);
}
