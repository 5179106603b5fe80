using System.Text.Json;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class ScanJobLifecycleTests(TestCluster cluster)
{
    [Fact]
    public async Task A_batch_is_planned_dealt_worked_and_completed_with_exact_counts_and_deleted_without_a_trace()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(1000);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();

        await scenario.UntilAsync(now => now.Status is { Phase: ScanJobPhase.Running, Workers.Ready: 3, Replicas: 3 }, "three workers ready");
        Assert.Equal(["backlog-w-0", "backlog-w-1", "backlog-w-2"], (await scenario.WorkerJobsAsync()).Select(worker => worker.Metadata.Name).Order());

        await using (scenario.Worker(job, 0))
        await using (scenario.Worker(job, 1))
        {
            job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        }
        var status = job.Status!;
        Assert.Equal(1000, status.Items.Processed);
        Assert.Equal(1000, status.Items.Fake + status.Items.Real);
        Assert.Equal(status.Plan!.Shards, status.Shards.Succeeded);
        Assert.Equal((1000, 3), (status.Plan.Items, status.Plan.Partitions));
        Assert.Equal(0, status.Throughput.Lag);
        Assert.Equal(10, status.TopFindings.Count);
        Assert.NotNull(status.CompletionTime);
        Assert.True(Conditions.IsTrue(status.Conditions, ConditionTypes.Complete));
        Assert.True(Conditions.IsTrue(status.Conditions, ConditionTypes.Ready));
        AssertEachOnce(scenario.DealtShards(job), 1000);
        await Eventually.TrueAsync(async () => (await scenario.WorkerJobsAsync()).Count == 0, () => "the workers are gone");
        await scenario.UntilAsync(now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }, "status without workers");

        var topics = scenario.TopicsOf(job);
        Assert.Contains(topics.Shards, scenario.TopicNames());
        Assert.Contains(scenario.Topic + "-verdicts-dlq", scenario.TopicNames());
        await scenario.DeleteScanJobAsync();
        await Eventually.TrueAsync(async () => await scenario.ScanJobAsync() is null, () => "the job is gone");
        Assert.DoesNotContain(scenario.TopicNames(), topic => topic.StartsWith(topics.Base, StringComparison.Ordinal));
        Assert.DoesNotContain(topics.Group, await scenario.GroupNamesAsync());
        var events = await scenario.EventsAsync();
        Assert.Contains("Normal AllItemsDone", events, StringComparison.Ordinal);
        Assert.Contains("Normal Planned: 1000 items of 3 partitions", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_job_costs_no_more_writes_and_an_unfinished_one_without_news_neither()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        var waiting = await scenario.UntilAsync(now => now.Status is { Workers.Ready: 3, Replicas: 3 }, "three workers ready");
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        Assert.Equal(waiting.Metadata.ResourceVersion, (await scenario.ScanJobAsync())!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_batch_of_nothing_succeeds_at_once()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(0);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        var job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(0, job.Status!.Items.Processed);
        Assert.Equal("NothingToDo", Conditions.Find(job.Status.Conditions, ConditionTypes.Complete)!.Reason);
        Assert.Empty(await scenario.WorkerJobsAsync());
    }

    [Fact]
    public async Task A_suspended_job_keeps_its_progress_and_goes_on()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(300);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        await using (scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(100)))
        {
            await scenario.UntilAsync(now => now.Status?.Items.Processed > 0, "some progress");
            await scenario.ApplyScanJobAsync(spec => spec with { Suspend = true });
            job = await scenario.UntilPhaseAsync(ScanJobPhase.Suspended);
            Assert.Empty(await scenario.WorkerJobsAsync());
            Assert.True(job.Status!.Items.Processed > 0);
        }
        await scenario.ApplyScanJobAsync();
        await using var worker = scenario.Worker(job);
        job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(300, job.Status!.Items.Processed);
    }

    [Fact]
    public async Task A_job_outlives_operators_that_are_killed_at_any_point()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(2000);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync();
        var random = new Random(7);
        await using var worker = scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(20));
        for (var life = 0; life < 12; life++)
        {
            await using var mortal = await scenario.OperatorAsync();
            await Task.Delay(random.Next(50, 900), TestContext.Current.CancellationToken);
        }
        await using var last = await scenario.OperatorAsync();
        job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(2000, job.Status!.Items.Processed);
        AssertEachOnce(scenario.DealtShards(job), 2000);
    }

    [Fact]
    public async Task Two_operators_at_once_deal_every_shard_once()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(1000);
        await scenario.ApplyDetectorAsync();
        // Neither asks for the lease: the worst that a paused leader could do.
        await using var first = await scenario.OperatorAsync();
        await using var second = await scenario.OperatorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using var worker = scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(10));
        job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(1000, job.Status!.Items.Processed);
        AssertEachOnce(scenario.DealtShards(job), 1000);
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
            Workers = spec.Workers with { Max = 1, Template = JsonSerializer.SerializeToNode(new { spec = new { priorityClassName = "" } })!.AsObject() },
        });
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilAsync(now => now.Status?.Workers.Ready == 1, "a worker ready");
        var configMap = await cluster.Kubernetes.CoreV1.ReadNamespacedConfigMapAsync("backlog-scan", scenario.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        var text = configMap.Data[ScanConfiguration.FileName];
        var configuration = JsonSerializer.Deserialize<ScanConfiguration>(text, ApiJson.Options)!;
        Assert.Equal("traces", Assert.Single(configuration.Detectors).Name);
        Assert.Null(configuration.Spec.Workers.Template);
        Assert.DoesNotContain("do-not-tell", text, StringComparison.Ordinal);
        var pod = Assert.Single(await scenario.WorkerJobsAsync()).Spec.Template.Spec;
        Assert.Contains("--kafka-secret", pod.Containers[0].Args);
        Assert.Contains(pod.Volumes, volume => volume.Secret?.SecretName == "auth");
    }

    private static void AssertEachOnce(IReadOnlyList<ShardRecord> shards, long items)
    {
        Assert.Equal(Enumerable.Range(0, shards.Count), shards.Select(shard => shard.Index).Order());
        Assert.Equal(items, shards.Sum(shard => shard.To - shard.From));
    }
}
