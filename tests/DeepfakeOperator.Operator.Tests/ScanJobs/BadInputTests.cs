using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Processes;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>Each mistake shows as a condition that says what to do, and the job goes on by itself once it is mended.</summary>
public sealed class BadInputTests(TestCluster cluster)
{
    [Fact]
    public async Task A_missing_detector()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        Assert.Contains("no Detector 'traces'", (await scenario.UntilStalledAsync(Reasons.DetectorNotFound)).Message, StringComparison.Ordinal);
        await scenario.ApplyDetectorAsync();
        await UntilRecoveredAsync(scenario);
        Assert.Contains($"Warning {Reasons.DetectorNotFound}", await scenario.EventsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detector_that_fails_its_check()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync("bad");
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilStalledAsync(Reasons.DetectorNotReady, "OutputsDiffer");
        await scenario.ApplyDetectorAsync("2");
        await UntilRecoveredAsync(scenario);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        Assert.Contains($"topic '{scenario.Topic}'", (await scenario.UntilStalledAsync(Reasons.SourceTopicNotFound)).Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(scenario.Topic, scenario.TopicNames());
        await scenario.PublishAsync(10);
        await UntilRecoveredAsync(scenario);
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_and_it_holds_up_no_other_job()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync();
        var dead = $"127.0.0.1:{FreePort.Take(1)[0]}";
        ScanJobSpec Unreachable(ScanJobSpec spec) =>
            spec with { Source = spec.Source with { Kafka = spec.Source.Kafka with { BootstrapServers = dead } } };
        for (var other = 0; other < 20; other++) await scenario.ApplyScanJobAsync(Unreachable, $"dead-{other}");
        await scenario.ApplyScanJobAsync(Unreachable);
        await using var running = await scenario.OperatorAsync();
        Assert.Contains(dead, (await scenario.UntilStalledAsync(Reasons.KafkaUnreachable)).Message, StringComparison.Ordinal);
        await scenario.ApplyScanJobAsync();
        await UntilRecoveredAsync(scenario);
        // Nothing was made in Kafka for these, so nothing holds them.
        await scenario.DeleteScanJobAsync("dead-0");
        await Eventually.TrueAsync(async () => await scenario.ScanJobAsync("dead-0") is null, () => "the job is gone", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_missing_secret_then_a_misspelt_key()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(WithSecret);
        await using var running = await scenario.OperatorAsync();
        Assert.Contains("no secret 'auth'", (await scenario.UntilStalledAsync(Reasons.SecretNotFound)).Message, StringComparison.Ordinal);
        await scenario.CreateSecretAsync("auth", new() { ["sasl.pasword"] = "hush" });
        var message = (await scenario.UntilStalledAsync(Reasons.SecretInvalid)).Message;
        Assert.Contains("'sasl.pasword'", message, StringComparison.Ordinal);
        Assert.Contains("sasl.password", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", message, StringComparison.Ordinal);
        await scenario.CreateSecretAsync("auth", new() { ["security.protocol"] = "plaintext" });
        await UntilRecoveredAsync(scenario);
    }

    [Fact]
    public async Task A_setting_that_Kafka_does_not_know()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec =>
            WithProperty(spec, "no.such.setting", "1"));
        await using var running = await scenario.OperatorAsync();
        Assert.Contains("no.such.setting", (await scenario.UntilStalledAsync(Reasons.KafkaConfigurationInvalid)).Message, StringComparison.Ordinal);
        await scenario.ApplyScanJobAsync(spec =>
            WithProperty(spec, "socket.timeout.ms", "20000"));
        await UntilRecoveredAsync(scenario);
    }

    [Fact]
    public async Task A_mode_that_is_not_built_yet()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.ApplyScanJobAsync(spec => spec with { Mode = ScanMode.Stream });
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilStalledAsync(Reasons.ModeNotSupported);
    }

    [Fact]
    public async Task A_sink_that_is_not_built_yet()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(10);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { Results = spec.Results with { Dapr = new() { Pubsub = "bus", Topic = "verdicts" } } });
        await using var running = await scenario.OperatorAsync();
        Assert.Contains("spec.results.dapr", (await scenario.UntilStalledAsync(Reasons.SinkNotSupported)).Message, StringComparison.Ordinal);
        await scenario.ApplyScanJobAsync(spec => spec);
        await UntilRecoveredAsync(scenario);
    }

    private static ScanJobSpec WithSecret(ScanJobSpec spec) =>
        spec with { Source = spec.Source with { Kafka = spec.Source.Kafka with { AuthSecretRef = new() { Name = "auth" } } } };

    private static ScanJobSpec WithProperty(ScanJobSpec spec, string name, string value)
    {
        var kafka = spec.Source.Kafka with { Properties = new Dictionary<string, string> { [name] = value } };
        return spec with { Source = spec.Source with { Kafka = kafka } };
    }

    private static Task<ScanJob> UntilRecoveredAsync(Scenario scenario) => scenario.UntilAsync(
        job => job.Status is { Phase: ScanJobPhase.Running } status
            && Conditions.IsTrue(status.Conditions, ConditionTypes.Ready), "running after it was mended");
}
