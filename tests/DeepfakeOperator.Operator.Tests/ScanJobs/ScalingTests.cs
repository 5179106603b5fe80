using System.Text.Json.Nodes;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s.Models;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>The number of workers, chosen by the operator or by hand, and which of them go.</summary>
public sealed class ScalingTests(TestCluster cluster)
{
    [Fact]
    public async Task The_operator_starts_the_fewest_workers_that_meet_the_target_and_a_restart_changes_none()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(1000);
        await scenario.ApplyDetectorAsync();
        // 10,000 worker-seconds of work in 90 minutes: two would be late.
        static ScanJobSpec Spec(ScanJobSpec spec) => spec with
        {
            Workers = new WorkersSpec { Max = 8 },
            Autoscaling = new AutoscalingSpec { TargetCompletion = TimeSpan.FromMinutes(90), ItemsPerWorkerPerSecond = 0.1 },
        };
        await scenario.ApplyScanJobAsync(Spec);
        IReadOnlyList<string> uids;
        await using (await scenario.OperatorAsync())
        {
            var job = await UntilAsync(scenario, ready: 3, Reasons.OnTarget);
            Assert.Equal("True", Scaling(job).Status);
            uids = await UidsAsync(scenario);
        }
        await using (await scenario.OperatorAsync())
        {
            // A change that means nothing here shows that this operator has spoken, and what it knew when it did.
            var changed = await scenario.ApplyScanJobAsync(spec => Spec(spec) with { TtlSecondsAfterFinished = 3600 });
            await scenario.UntilAsync(
                now => now.Status!.ObservedGeneration == changed.Metadata.Generation && Scaling(now) is { Status: "True", Reason: Reasons.OnTarget }
                    && Conditions.Find(now.Status.Conditions, ConditionTypes.Ready) is { Status: "True", Reason: Reasons.Running },
                "the second operator has decided");
            Assert.Equal(uids, await UidsAsync(scenario));
        }
    }

    [Fact]
    public async Task Scaled_by_hand_the_idle_worker_goes_and_handed_back_the_operator_scales_again()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(900);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync();
        await using var running = await scenario.OperatorAsync();
        await UntilAsync(scenario, ready: 3, Reasons.AsFastAsAllowed);
        // Slots 0 and 2 work on all three partitions; 1 has nothing.
        await using var first = scenario.Worker(job, 0, TimeSpan.FromMilliseconds(400));
        await using var second = scenario.Worker(job, 2, TimeSpan.FromMilliseconds(400));
        await scenario.UntilAsync(now => now.Status?.Items.Processed > 100, "both have written progress");

        await ScaleAsync(scenario, 2);
        job = await UntilAsync(scenario, ready: 2, Reasons.SetByHand);
        Assert.Equal("False", Scaling(job).Status);
        await Eventually.TrueAsync(async () => (await scenario.WorkerJobsAsync()).Count == 2, () => "one has gone");
        Assert.Equal(["backlog-w-0", "backlog-w-2"], (await scenario.WorkerJobsAsync()).Select(worker => worker.Metadata.Name).Order());

        await ScaleAsync(scenario, null);
        await UntilAsync(scenario, ready: 3, Reasons.AsFastAsAllowed);
        await ScaleAsync(scenario, 0);
        await scenario.UntilAsync(
            now => now.Status is { Replicas: 0, Workers: { Ready: 0, Draining: 0 } }
                && Conditions.IsTrue(now.Status.Conditions, ConditionTypes.Ready),
            "no worker, as asked");
    }

    [Fact]
    public async Task No_more_workers_than_shards_and_each_is_given_its_time_to_drain()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(2, partitions: 2);
        await scenario.ApplyDetectorAsync();
        await scenario.ApplyScanJobAsync(spec => spec with { Workers = new WorkersSpec { Max = 8, DrainTimeout = TimeSpan.FromSeconds(25) } });
        await using var running = await scenario.OperatorAsync();
        await UntilAsync(scenario, ready: 2, Reasons.ShardsLeft);
        // Ten more to commit and exit.
        Assert.All(await scenario.WorkerJobsAsync(), worker => Assert.Equal(35, worker.Spec.Template.Spec.TerminationGracePeriodSeconds));
    }

    [Fact]
    public async Task More_workers_at_most_get_partitions_to_work_on()
    {
        var scenario = await Scenario.NewAsync(cluster);
        await scenario.PublishAsync(600);
        await scenario.ApplyDetectorAsync();
        var job = await scenario.ApplyScanJobAsync(spec => spec with { Workers = new WorkersSpec { Max = 1 } });
        await using var running = await scenario.OperatorAsync();
        await using var worker = scenario.Worker(job, perShard: TimeSpan.FromMilliseconds(30));
        await scenario.UntilAsync(now => now.Status?.Items.Processed > 0, "some progress");
        await scenario.ApplyScanJobAsync(spec => spec with { Workers = new WorkersSpec { Max = 3 } });
        job = await scenario.UntilPhaseAsync(ScanJobPhase.Succeeded);
        Assert.Equal(600, job.Status!.Items.Processed);
        var dealt = scenario.DealtShardsByPartition(job);
        Shards.AssertEachOnce([.. dealt.Select(one => one.Shard)], 600);
        Assert.Equal([0, 1, 2], dealt.Select(one => one.Partition).Distinct().Order());
    }

    /// <summary>As <c>kubectl scale</c> does it; null takes the number away.</summary>
    private Task<JsonNode> ScaleAsync(Scenario scenario, int? replicas)
    {
        var path = $"apis/deepfakeoperator.io/v1alpha1/namespaces/{scenario.Namespace}/scanjobs/backlog";
        return replicas is { } number
            ? cluster.Api.SendAsync(HttpMethod.Patch, path + "/scale", Replicas(number, []), KubernetesApi.MergePatch, TestCluster.Cancellation)
            : cluster.Api.SendAsync(HttpMethod.Patch, path, Replicas(null, ["workers"]), KubernetesApi.MergePatch, TestCluster.Cancellation);
    }

    private static JsonObject Replicas(int? number, string[] under)
    {
        var body = new JsonObject { ["replicas"] = number };
        foreach (var name in under) body = new JsonObject { [name] = body };
        return new JsonObject { ["spec"] = body };
    }

    private static Task<ScanJob> UntilAsync(Scenario scenario, int ready, string reason) => scenario.UntilAsync(
        job => job.Status?.Workers.Ready == ready && job.Status.Workers.Desired == ready && Scaling(job).Reason == reason,
        $"{ready} ready, {reason}");

    private static async Task<IReadOnlyList<string>> UidsAsync(Scenario scenario) =>
        [.. (await scenario.WorkerJobsAsync())
            .Where(worker => worker.Metadata.DeletionTimestamp is null).Select(worker => worker.Metadata.Uid).Order()];

    private static V1Condition Scaling(ScanJob job) => Conditions.Find(job.Status!.Conditions, ConditionTypes.ScalingActive)!;
}
