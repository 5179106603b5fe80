using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;

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
        Shards.AssertEachOnce(scenario.DealtShards(job), 1000);
        await Eventually.TrueAsync(async () => (await scenario.WorkerJobsAsync()).Count == 0, () => "the workers are gone");
        await scenario.UntilAsync(now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }, "status without workers");

        var topics = scenario.TopicsOf(job);
        Assert.Contains(topics.Shards, scenario.TopicNames());
        Assert.Contains(scenario.Topic + "-verdicts-dlq", scenario.TopicNames());
        await scenario.DeleteScanJobAsync();
        await Eventually.TrueAsync(async () => await scenario.ScanJobAsync() is null, () => "the job is gone");
        await scenario.AssertNothingIsLeftAsync(job);
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
        var waiting = await scenario.UntilAsync(
            now => now.Status is { Workers.Ready: 3, Replicas: 3, Throughput.Lag: 100 } status && Conditions.IsTrue(status.Conditions, ConditionTypes.Ready),
            "three workers ready");
        await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        Assert.Equal(waiting.Metadata.ResourceVersion, (await scenario.ScanJobAsync())!.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_job_that_is_deleted_just_before_it_is_held_leaves_nothing_in_Kafka()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        using var handler = new BeforeFinalizer(() => scenario.DeleteScanJobAsync());
        await using var running = await scenario.OperatorAsync(handler: handler);
        var job = await scenario.ApplyScanJobAsync();
        await handler.Passed.WaitAsync(TimeSpan.FromSeconds(30), TestCluster.Cancellation);
        // What would be made is made within a second.
        await Task.Delay(TimeSpan.FromSeconds(3), TestCluster.Cancellation);
        await scenario.AssertNothingIsLeftAsync(job);
    }

    [Fact]
    public async Task A_detector_that_changes_while_a_job_runs_changes_no_verdict_half_way()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync();
        string told;
        await using (await scenario.OperatorAsync())
        {
            await scenario.UntilAsync(now => now.Status is { Phase: ScanJobPhase.Running, Workers.Ready: 3 }, "three workers ready");
            told = await scenario.WorkerConfigurationAsync();
            await scenario.ApplyDetectorAsync(version: "2");
            await Eventually.TrueAsync(
                async () => await scenario.DetectorAsync() is { Status: { } status, Metadata.Generation: 2 } && status.ObservedGeneration == 2
                    && Conditions.IsTrue(status.Conditions, ConditionTypes.Ready),
                () => "the detector's second version is ready");
        }

        // A change that workers are told of, by an operator that has forgotten everything.
        await scenario.ApplyScanJobAsync(spec => spec with { Source = spec.Source with { Media = spec.Source.Media with { FetchTimeout = TimeSpan.FromSeconds(7) } } });
        await using (await scenario.OperatorAsync())
        {
            await scenario.UntilAsync(now => now.Status is { ObservedGeneration: 2, Phase: ScanJobPhase.Running }, "running on");
            await Eventually.TrueAsync(async () => await scenario.WorkerConfigurationAsync() != told, () => "the workers' configuration is written anew");
        }
        Assert.Contains("\"version\":\"1\"", await scenario.WorkerConfigurationAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"version\":\"2\"", await scenario.WorkerConfigurationAsync(), StringComparison.Ordinal);
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
    public async Task Two_operators_at_once_deal_every_shard_once()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(400);
        await scenario.ApplyDetectorAsync();
        // Neither asks for the lease: the worst that a paused leader could do.
        await using var first = await scenario.OperatorAsync();
        await using var second = await scenario.OperatorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using var worker = scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(10));
        job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(400, job.Status!.Items.Processed);
        Shards.AssertEachOnce(scenario.DealtShards(job), 400);
    }

    /// <summary>Does something when the operator is about to put its finalizer on a ScanJob.</summary>
    private sealed class BeforeFinalizer(Func<Task> act) : DelegatingHandler
    {
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Passed => _passed.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isIt = request.Method == HttpMethod.Patch && request.RequestUri!.AbsolutePath.EndsWith("/scanjobs/backlog", StringComparison.Ordinal);
            if (isIt) await act();
            var response = await base.SendAsync(request, cancellationToken);
            if (isIt) _passed.TrySetResult();
            return response;
        }
    }
}
