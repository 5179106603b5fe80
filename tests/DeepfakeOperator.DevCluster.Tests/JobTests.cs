using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>What the real controllers and the real scheduler do with our pods: GPUs, eviction, Jobs.</summary>
public sealed class JobTests(TestCluster cluster)
{
    [Fact]
    public async Task The_scheduler_gives_out_the_nodes_gpus_and_no_more()
    {
        var scene = await cluster.NewSceneAsync();
        const string Gpu = "resources: {limits: {nvidia.com/gpu: 1}}";
        foreach (var name in (string[])["a", "b", "c"])
            await scene.RunAsync(name, "while :; do sleep 0.1; done", Gpu, "terminationGracePeriodSeconds: 1");
        async Task<List<V1Pod>> RunningAsync() =>
            [.. (await scene.Kubernetes.CoreV1.ListNamespacedPodAsync(scene.Namespace, cancellationToken: TestCluster.Cancellation))
                .Items.Where(pod => pod.Status.Phase == "Running")];
        await Eventually.TrueAsync(async () => (await RunningAsync()).Count == 2, () => "two do not run");
        string[] names = ["a", "b", "c"];
        var waiting = names.Except((await RunningAsync()).Select(pod => pod.Name())).Single();
        await scene.WaitAsync(waiting, pod =>
            pod.Status.Conditions?.Any(one => one is { Type: "PodScheduled", Reason: "Unschedulable" }
                && one.Message.Contains("nvidia.com/gpu", StringComparison.Ordinal)) == true);
        await scene.DeleteAsync((await RunningAsync())[0].Name());
        await scene.WaitAsync(waiting, pod => pod.Status.Phase == "Running");
        foreach (var pod in await RunningAsync()) await scene.DeleteAsync(pod.Name(), grace: 0);
        await Eventually.TrueAsync(async () => (await RunningAsync()).Count == 0, () => "the pods are not gone");
    }

    [Fact]
    public async Task An_evicted_worker_is_replaced_and_its_jobs_backoff_limit_is_not_touched()
    {
        Assert.SkipWhen(cluster.ControlPlane.MinorVersion < 31, $"podFailurePolicy is not to be had in {cluster.ControlPlane.Version}");
        var scene = await cluster.NewSceneAsync();
        await scene.ApplyAsync("""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: job}
            spec:
              backoffLimit: 0
              podReplacementPolicy: Failed
              podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: "True"}]}]}
              template:
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 5
                  containers: [{name: c, image: shell, args: ["trap 'exit 9' TERM; echo up; while :; do sleep 0.1; done"]}]
            """);
        var first = await OnlyPodAsync(scene);
        await scene.LoggedAsync(first.Name(), "up");
        var seen = WatchEndAsync(scene, first.Name());
        await scene.Kubernetes.CoreV1.CreateNamespacedPodEvictionAsync(
            new V1Eviction { Metadata = new V1ObjectMeta { Name = first.Name(), NamespaceProperty = scene.Namespace } }, first.Name(),
            scene.Namespace,
            cancellationToken: TestCluster.Cancellation);
        var ended = await seen;
        Assert.Contains(ended.Status.Conditions, one => one is { Type: "DisruptionTarget", Status: "True", Reason: "EvictionByEvictionAPI" });
        Assert.Equal(("Failed", 9), (ended.Status.Phase, ended.Status.ContainerStatuses[0].State.Terminated.ExitCode));
        var second = await OnlyPodAsync(scene, not: first.Name());
        await scene.LoggedAsync(second.Name(), "up");
        var job = await scene.Kubernetes.BatchV1.ReadNamespacedJobAsync("job", scene.Namespace, cancellationToken: TestCluster.Cancellation);
        Assert.DoesNotContain(job.Status.Conditions ?? [], one => one.Type is "Failed" or "FailureTarget");
        await scene.Kubernetes.BatchV1.DeleteNamespacedJobAsync("job", scene.Namespace, propagationPolicy: "Foreground",
            cancellationToken: TestCluster.Cancellation);
        await Eventually.TrueAsync(() => scene.IsGoneAsync(second.Name()), () => "the garbage collector left the pod");
    }

    [Fact]
    public async Task A_restarted_agent_takes_over_what_its_predecessor_lost()
    {
        var scene = await cluster.NewSceneAsync();
        var options = new NodeAgents.NodeAgentOptions { Name = "other", Cordoned = true, Images = TestCluster.Images };
        const string Loop = "echo up; while :; do sleep 0.1; done";
        const string There = "nodeName: other\nterminationGracePeriodSeconds: 1\nrestartPolicy: ";
        await using (await NodeAgents.NodeAgent.StartAsync(cluster.ControlPlane, options, _ => { }, TestCluster.Cancellation))
        {
            await scene.RunAsync("service", Loop, pod: There + "Always");
            await scene.RunAsync("task", Loop, pod: There + "Never");
            await scene.RunAsync("done", "true", pod: There + "Never");
            foreach (var name in (string[])["service", "task"]) await scene.WaitAsync(name, PodScene.IsReady);
            await scene.EndAsync("done");
        }
        await scene.DeleteAsync("done");
        await using var agent = await NodeAgents.NodeAgent.StartAsync(cluster.ControlPlane, options, _ => { }, TestCluster.Cancellation);
        var service = await scene.WaitAsync("service", pod => PodScene.IsReady(pod) && pod.Status.ContainerStatuses[0].RestartCount == 1);
        Assert.Equal("ContainerStatusUnknown", service.Status.ContainerStatuses[0].LastState.Terminated.Reason);
        var end = await scene.EndAsync("task");
        Assert.Equal((137, "ContainerStatusUnknown"), (end.ExitCode, end.Reason));
        await Eventually.TrueAsync(() => scene.IsGoneAsync("done"), () => "a pod that had ended and was deleted is still there");
        await scene.DeleteAsync("service");
        await scene.DeleteAsync("task");
        await Eventually.TrueAsync(async () => await scene.IsGoneAsync("service") && await scene.IsGoneAsync("task"), () => "the pods are not gone");
    }

    private static async Task<V1Pod> OnlyPodAsync(PodScene scene, string? not = null)
    {
        V1Pod? pod = null;
        await Eventually.TrueAsync(async () =>
        {
            var pods = await scene.Kubernetes.CoreV1.ListNamespacedPodAsync(scene.Namespace, cancellationToken: TestCluster.Cancellation);
            pod = pods.Items.SingleOrDefault(one => one.Name() != not);
            return pod is not null;
        }, () => "the Job made no pod");
        return pod!;
    }

    // The last status before the object goes, which only a watch is sure to see.
    private static async Task<V1Pod> WatchEndAsync(PodScene scene, string name)
    {
        V1Pod? last = null;
        await Eventually.TrueAsync(async () =>
        {
            if (await scene.IsGoneAsync(name)) return true;
            last = await scene.ReadAsync(name);
            return last.Status.Phase == "Failed";
        }, () => "it did not end");
        return last!;
    }
}
