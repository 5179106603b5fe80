using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>Specs that are complete and small.</summary>
internal static class SampleSpecs
{
    /// <summary>Name of the detector that the job asks for.</summary>
    public const string DetectorName = "traces";

    /// <param name="version">What the <see cref="FakeKubelet"/> goes by.</param>
    public static DetectorSpec Detector(string version = "1") => new()
    {
        Version = version,
        Model = new ModelSpec { Uri = "bundled:traces.onnx", Sha256 = new string('0', 64) },
        Inputs = [new InputSpec { Name = "x", Shape = [-1, 3, 64, 64] }],
        Outputs = [new OutputSpec { Name = "y", Polarity = new PolaritySpec { HighIsFake = true } }],
        Image = new ImageSpec { Width = 64, Height = 64 },
        Conformance = new ConformanceSpec
        {
            Input = new ConformanceInput { Uri = "bundled:golden.png", Sha256 = new string('1', 64) },
            Expected = [new ExpectedOutput { Output = "y", Values = [0.5] }],
            Score = 0.62,
        },
    };

    public static ScanJobSpec ScanJob(string bootstrapServers, string topic) => new()
    {
        Source = new SourceSpec { Kafka = new KafkaSourceSpec { BootstrapServers = bootstrapServers, Topics = [topic] } },
        Detectors = [new DetectorReference { Name = DetectorName }],
        Shard = new ShardSpec { Items = 10 },
        Workers = new WorkersSpec { Max = 3 },
        Results = new ResultsSpec { Kafka = new KafkaResultsSpec { Topic = topic + "-verdicts" } },
    };
}
