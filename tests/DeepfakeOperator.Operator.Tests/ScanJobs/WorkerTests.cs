using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>What the operator does for its workers, and what it makes of their ends.</summary>
public sealed class WorkerTests(TestCluster cluster)
{
    [Fact]
    public async Task A_worker_that_keeps_failing_fails_the_job_with_its_own_last_words()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { BackoffLimit = 0, Workers = spec.Workers with { Template = Image("worker:crash") } });
        await using var running = await scenario.OperatorAsync();
        var job = await scenario.UntilPhaseAsync(ScanJobPhase.Failed);
        var failed = Conditions.Find(job.Status!.Conditions, ConditionTypes.Failed)!;
        Assert.Equal(Reasons.BackoffLimitExceeded, failed.Reason);
        Assert.Contains("exited with 70: no CUDA device was found; is the driver installed on the node?", failed.Message, StringComparison.Ordinal);
        Assert.Equal("True", Conditions.Find(job.Status.Conditions, ConditionTypes.Stalled)!.Status);
        // Those that failed stay to be looked at, and go with the job.
        await scenario.UntilAsync(now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }, "no worker left");
        Assert.All(await scenario.WorkerJobsAsync(), worker => Assert.True(WorkerJob.IsFailed(worker)));
        await Eventually.TrueAsync(
            async () => (await scenario.EventsAsync())
                .Contains("Warning BackoffLimitExceeded", StringComparison.Ordinal), () => "an Event tells of the failure");
        await scenario.DeleteScanJobAsync();
        await Eventually.TrueAsync(async () => await scenario.ScanJobAsync() is null, () => "the job is gone");
        await scenario.AssertNothingIsLeftAsync(job);
    }

    [Fact]
    public async Task A_failing_worker_shows_its_last_words_while_it_is_tried_again()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { Workers = spec.Workers with { Max = 1, Template = Image("worker:crash") } });
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilAsync(
            job => Conditions.Find(job.Status?.Conditions, ConditionTypes.Reconciling) is { Status: "True",
                Reason: Reasons.WaitingForWorkers } waiting
                && waiting.Message.Contains("no CUDA device", StringComparison.Ordinal),
            "the worker's words in Reconciling");
    }

    [Fact]
    public async Task A_worker_that_quits_at_once_is_not_started_over_and_over()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { Workers = spec.Workers with { Max = 1, Template = Image("worker:quit") } });
        await using var running = await scenario.OperatorAsync();
        await Eventually.TrueAsync(async () => (await scenario.WorkerJobsAsync()).Any(WorkerJob.IsComplete), () => "a worker has quit");
        var uid = (await scenario.WorkerJobsAsync())[0].Metadata.Uid;
        await Task.Delay(TimeSpan.FromSeconds(7), TestCluster.Cancellation);
        Assert.Equal(uid, Assert.Single(await scenario.WorkerJobsAsync()).Metadata.Uid);
    }

    [Fact]
    public async Task A_job_of_somebody_else_under_a_workers_name_is_left_alone_and_said()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        var theirs = WorkerJob.Scan(new ScanJob { Metadata = new V1ObjectMeta { Name = "backlog", NamespaceProperty = scenario.Namespace } }, [], 0,
            "busybox");
        theirs["metadata"]!.AsObject().Remove("ownerReferences");
        await cluster.Client<V1Job>().CreateAsync(scenario.Namespace, theirs, TestCluster.Cancellation);
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilStalledAsync(Reasons.WorkerRefused, "'backlog-w-0'");
        await cluster.Client<V1Job>().DeleteAsync(new ObjectKey(scenario.Namespace, "backlog-w-0"), null, "Background", TestCluster.Cancellation);
        await scenario.UntilAsync(job => job.Status?.Workers.Ready == 3, "three workers ready");
    }

    [Fact]
    public async Task Workers_are_told_the_spec_the_detectors_and_no_secret()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.CreateSecretAsync("auth", new() { ["security.protocol"] = "plaintext", ["sasl.password"] = "do-not-tell" });
        await scenario.ApplyScanJobAsync(spec => spec with
        {
            Source = spec.Source with { Kafka = spec.Source.Kafka with { AuthSecretRef = new() { Name = "auth" } } },
            Detectors = [spec.Detectors[0] with { Weight = 0.5, Family = "spatial" }],
            Ensemble = new EnsembleSpec { Method = EnsembleMethod.TwoTier, Families = [new DetectorFamily { Name = "spatial", Weight = 2 }] },
            Workers = spec.Workers with { Max = 1,
                Template = JsonSerializer.SerializeToNode(new { spec = new { priorityClassName = "" } })!.AsObject() },
        });
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilAsync(now => now.Status?.Workers.Ready == 1, "a worker ready");
        var configMap = await cluster.Kubernetes.CoreV1.ReadNamespacedConfigMapAsync("backlog-scan", scenario.Namespace,
            cancellationToken: TestCluster.Cancellation);
        var text = configMap.Data[ScanConfiguration.FileName];
        var configuration = JsonSerializer.Deserialize<ScanConfiguration>(text, ApiJson.Options)!;
        var detector = Assert.Single(configuration.Detectors);
        Assert.Equal(("traces", 0.5, "spatial"), (detector.Name, detector.Weight, detector.Family));
        Assert.Equal(2, Assert.Single(configuration.Spec.Ensemble.Families).Weight);
        Assert.Null(configuration.Spec.Workers.Template);
        Assert.DoesNotContain("do-not-tell", text, StringComparison.Ordinal);
        var pod = Assert.Single(await scenario.WorkerJobsAsync()).Spec.Template.Spec;
        Assert.Contains("--kafka-secret", pod.Containers[0].Args);
        Assert.Contains(pod.Volumes, volume => volume.Secret?.SecretName == "auth");
    }

    [Fact]
    public void The_keys_of_served_models_are_mounted_each_once()
    {
        static ResolvedDetector Served(string name, string secret) =>
            new(name, 1, new DetectorSpec { Modality = Modality.Remote, Remote = new RemoteSpec { ApiKeySecretRef = new() { Name = secret } } });
        var job = new ScanJob { Metadata = new V1ObjectMeta { Name = "backlog", NamespaceProperty = "moderation" } };

        var pod = WorkerJob.Scan(job, [Served("one", "key-a"), Served("two", "key-a"), Served("three", "key-b")], 0, "worker:test")["spec"]!["template"]!["spec"]!;

        var container = pod["containers"]![0]!;
        Assert.Contains("--detector-secrets /etc/deepfake/detectors", string.Join(' ', container["args"]!.AsArray()), StringComparison.Ordinal);
        var secrets = pod["volumes"]!.AsArray().Where(volume => volume!["secret"] is not null).ToDictionary(
            volume => (string)volume!["name"]!, volume => (string)volume!["secret"]!["secretName"]!);
        Assert.Equal(["key-a", "key-b"], secrets.Values);
        Assert.Equal(
            ["/etc/deepfake/detectors/key-a", "/etc/deepfake/detectors/key-b"],
            container["volumeMounts"]!.AsArray().Where(mount => secrets.ContainsKey((string)mount!["name"]!)).Select(mount => (string)mount!["mountPath"]!));
    }

    private static JsonObject Image(string image) =>
        JsonSerializer.SerializeToNode(new { spec = new { containers = new[] { new { name = WorkerPod.ContainerName, image } } } })!.AsObject();
}
