using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>One pod on this node, from binding to removal.</summary>
internal sealed class PodRun : IAsyncDisposable
{
    private readonly V1Pod spec;
    private readonly TimeSpan refreshPeriod;
    private readonly PodVolumes volumes;
    private readonly List<ContainerRun> initContainers;
    private readonly List<ContainerRun> containers;
    private readonly CancellationTokenSource gone = new();
    private readonly TaskCompletionSource<TimeSpan> deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PodStatus status;
    private readonly Task running;

    public PodRun(V1Pod pod, ControlPlane controlPlane, NodeAgentOptions options, string folder)
    {
        (spec, refreshPeriod) = (pod, options.RefreshPeriod);
        volumes = new PodVolumes(controlPlane.Client, pod, folder);
        var sandbox = new PodSandbox(pod, controlPlane, folder, volumes);
        var grace = TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30);
        ContainerRun Run(V1Container container, string policy, IList<V1ContainerStatus>? before)
        {
            var run = new ContainerRun(container, policy, grace,
                new ContainerCommand(pod, container, options.Images, sandbox, controlPlane.Client), sandbox, folder);
            if (before?.FirstOrDefault(one => one.Name == container.Name) is { } known) run.Continue(known);
            return run;
        }
        var policy = pod.Spec.RestartPolicy;
        initContainers = [.. (pod.Spec.InitContainers ?? [])
            .Select(one => Run(one, policy == "Never" ? "Never" : "OnFailure", pod.Status?.InitContainerStatuses))];
        containers = [.. pod.Spec.Containers.Select(one => Run(one, policy, pod.Status?.ContainerStatuses))];
        status = new PodStatus(controlPlane.Client, pod, initContainers, containers, folder);
        Update(pod);
        running = Task.WhenAll(RunAsync(), status.ReportAsync(gone.Token));
    }

    /// <summary>Process ids of what runs, by container.</summary>
    public IReadOnlyDictionary<string, int> Processes => containers.Select(run => (run.Name, run.ProcessId)).Where(run => run.ProcessId is not null)
        .ToDictionary(run => run.Name, run => run.ProcessId!.Value);

    /// <summary>Tells it how its object looks now.</summary>
    public void Update(V1Pod current)
    {
        if (current.Metadata.DeletionTimestamp is not null) deleted.TrySetResult(
            TimeSpan.FromSeconds(current.Metadata.DeletionGracePeriodSeconds ?? 30));
        if (deleted.Task.IsCompleted) status.MayRemove();
    }

    /// <summary>The object is gone: so is what runs, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        deleted.TrySetResult(TimeSpan.Zero);
        await StopAsync(TimeSpan.Zero);
        await running;
        foreach (var run in initContainers.Concat(containers)) run.Dispose();
        gone.Dispose();
    }

    private async Task RunAsync()
    {
        var work = GuardedAsync();
        using var refreshing = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        var refresh = RefreshAsync(refreshing.Token);
        if (await Task.WhenAny(work, deleted.Task) == deleted.Task) await StopAsync(await deleted.Task);
        await work;
        await refreshing.CancelAsync();
        await refresh;
        status.Done = true;
    }

    private Task StopAsync(TimeSpan grace) => Task.WhenAll(initContainers.Concat(containers).Select(run => run.StopAsync(grace)));

    // A defect of ours must show in the pod that it hits, and leave the others alone.
    private async Task GuardedAsync()
    {
        try
        {
            await WorkAsync();
        }
        catch (Exception error)
        {
            status.Trouble = $"the node agent failed: {error}";
            await StopAsync(TimeSpan.Zero);
        }
    }

    private async Task WorkAsync()
    {
        if (!await PrepareAsync()) return;
        foreach (var init in initContainers)
        {
            await init.RunAsync();
            if (init.ExitCode != 0 || deleted.Task.IsCompleted) return;
        }
        status.Initialised = true;
        await Task.WhenAll(containers.Select(run => run.RunAsync()));
    }

    private async Task<bool> PrepareAsync()
    {
        for (var backoff = TimeSpan.FromMilliseconds(500); !deleted.Task.IsCompleted; backoff *= backoff < TimeSpan.FromSeconds(8) ? 2 : 1)
        {
            status.Trouble = await MaterialiseAsync(gone.Token);
            if (status.Trouble is null) return true;
            await Task.WhenAny(deleted.Task, Task.Delay(backoff, CancellationToken.None));
        }
        return false;
    }

    // Tokens expire and config changes; what is mounted follows.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(refreshPeriod);
        try
        {
            // What is there stays where a round fails.
            while (await timer.WaitForNextTickAsync(cancellationToken)) _ = await MaterialiseAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The pod ended.
        }
    }

    private async Task<string?> MaterialiseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await volumes.MaterialiseAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (error is PodConfigException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
        catch (HttpOperationException error)
        {
            return $"pod {spec.Name()}'s volumes: {error.Response.Content}";
        }
        catch (OperationCanceledException)
        {
            return "stopped";
        }
    }
}
