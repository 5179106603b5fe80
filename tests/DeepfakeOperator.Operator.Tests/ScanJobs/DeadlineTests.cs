using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>Ends that a clock brings, and what may change while a job is suspended.</summary>
public sealed class DeadlineTests(TestCluster cluster)
{
    [Fact]
    public async Task A_finished_job_deletes_itself_when_its_time_to_live_is_over()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(0);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync(spec => spec with { TtlSecondsAfterFinished = 2 });
        await using var running = await scenario.OperatorAsync();
        await Eventually.TrueAsync(async () => await scenario.ScanJobAsync() is null, () => "the job is gone");
        await scenario.AssertNothingIsLeftAsync(job);
    }

    [Fact]
    public async Task A_job_that_is_not_done_in_time_fails_and_its_workers_go()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { ActiveDeadlineSeconds = 8 });
        await using var running = await scenario.OperatorAsync();
        await AssertFailsAsync(scenario, Reasons.ActiveDeadlineExceeded, "activeDeadlineSeconds (8)");
        await scenario.UntilAsync(now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }, "no worker left");
    }

    [Fact]
    public async Task A_job_that_gets_no_worker_in_time_fails_and_says_what_to_look_for()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        var template = JsonSerializer.SerializeToNode(
            new { spec = new { containers = new[] { new { name = WorkerPod.ContainerName, image = "worker:crash" } } } })!.AsObject();
        await scenario.ApplyScanJobAsync(spec => spec with
        {
            PendingDeadlineSeconds = 6, Workers = new WorkersSpec { Max = 1, Template = template },
        });
        await using var running = await scenario.OperatorAsync();
        await AssertFailsAsync(scenario, Reasons.PendingDeadlineExceeded, "is there a free node?");
    }

    [Fact]
    public async Task A_suspended_job_may_be_given_a_queue_and_another_template_before_its_workers_start()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(100);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { Suspend = true });
        await using var running = await scenario.OperatorAsync();
        await scenario.UntilPhaseAsync(ScanJobPhase.Suspended);
        Assert.Empty(await scenario.WorkerJobsAsync());
        var label = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["kueue.x-k8s.io/queue-name"] = "gpus" } } };
        await cluster.Client<ScanJob>().PatchAsync(new ObjectKey(scenario.Namespace, "backlog"), label, TestCluster.Cancellation);
        var template = JsonSerializer.SerializeToNode(new { spec = new { nodeSelector = new { pool = "a100" } } })!.AsObject();
        await scenario.ApplyScanJobAsync(spec => spec with { Workers = new WorkersSpec { Max = 2, Template = template } });
        await Eventually.TrueAsync(async () => (await scenario.WorkerJobsAsync()).Count == 2, () => "two workers");
        Assert.All(await scenario.WorkerJobsAsync(), worker =>
        {
            Assert.Equal("gpus", worker.Metadata.Labels["kueue.x-k8s.io/queue-name"]);
            Assert.Equal("a100", worker.Spec.Template.Spec.NodeSelector["pool"]);
        });
    }

    private static async Task AssertFailsAsync(Scenario scenario, string reason, string words)
    {
        var job = await scenario.UntilPhaseAsync(ScanJobPhase.Failed);
        var failed = Conditions.Find(job.Status!.Conditions, ConditionTypes.Failed)!;
        Assert.Equal(reason, failed.Reason);
        Assert.Contains(words, failed.Message, StringComparison.Ordinal);
        Assert.True(Conditions.IsTrue(job.Status.Conditions, ConditionTypes.Stalled));
    }
}
