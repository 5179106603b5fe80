using System.Text.Json;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>One pod on this node, from binding to removal.</summary>
internal sealed class PodRun : IAsyncDisposable
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromMinutes(5);
    private readonly ControlPlane controlPlane;
    private readonly string folder;
    private readonly PodVolumes volumes;
    private readonly List<ContainerRun> initContainers;
    private readonly List<ContainerRun> containers;
    private readonly CancellationTokenSource gone = new();
    private readonly TaskCompletionSource<TimeSpan> deleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTime startTime = TimeProvider.System.GetUtcNow().UtcDateTime;
    private readonly Task running;
    private volatile V1Pod pod;
    private bool initialised;
    private string? trouble;
    private string reported = "";

    public PodRun(V1Pod pod, ControlPlane controlPlane, IReadOnlyDictionary<string, IReadOnlyList<string>> images, string folder)
    {
        (this.pod, this.controlPlane) = (pod, controlPlane);
        // A pod of the same name may come back under another uid.
        this.folder = folder = Directory.CreateDirectory($"{folder}_{pod.Uid()[..8]}").FullName;
        volumes = new PodVolumes(controlPlane, pod, folder);
        var sandbox = new PodSandbox(pod, controlPlane, folder, volumes);
        ContainerRun Run(V1Container container) => new(pod, container, controlPlane, images, sandbox, folder);
        initContainers = [.. (pod.Spec.InitContainers ?? []).Select(Run)];
        containers = [.. pod.Spec.Containers.Select(Run)];
        running = Task.WhenAll(RunAsync(), ReportAsync());
    }

    /// <summary>Process ids of what runs, by container.</summary>
    public IReadOnlyDictionary<string, int> Processes => containers.Where(run => run.ProcessId is not null).ToDictionary(run => run.Name, run => run.ProcessId!.Value);

    /// <summary>Tells it how its object looks now.</summary>
    public void Update(V1Pod current)
    {
        pod = current;
        if (current.Metadata.DeletionTimestamp is not null) deleted.TrySetResult(TimeSpan.FromSeconds(current.Metadata.DeletionGracePeriodSeconds ?? 30));
    }

    /// <summary>The object is gone: so is what runs, at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        await Task.WhenAll(initContainers.Concat(containers).Select(run => run.StopAsync(TimeSpan.Zero)));
        deleted.TrySetResult(TimeSpan.Zero);
        await running;
        foreach (var run in initContainers.Concat(containers)) run.Dispose();
        gone.Dispose();
    }

    private async Task RunAsync()
    {
        var work = WorkAsync();
        using var refreshing = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        var refresh = RefreshAsync(refreshing.Token);
        if (await Task.WhenAny(work, deleted.Task) == deleted.Task)
        {
            var grace = await deleted.Task;
            await Task.WhenAll(initContainers.Concat(containers).Select(run => run.StopAsync(grace)));
        }
        await work;
        await refreshing.CancelAsync();
        await refresh;
        Done = true;
    }

    private bool Done { get; set; }

    private async Task WorkAsync()
    {
        if (!await PrepareAsync()) return;
        foreach (var init in initContainers)
        {
            await init.RunAsync(pod.Spec.RestartPolicy == "Never" ? "Never" : "OnFailure");
            if (init.ExitCode != 0 || deleted.Task.IsCompleted) return;
        }
        initialised = true;
        await Task.WhenAll(containers.Select(run => run.RunAsync(pod.Spec.RestartPolicy)));
    }

    private async Task<bool> PrepareAsync()
    {
        for (var backoff = TimeSpan.FromMilliseconds(500); ; backoff *= backoff < TimeSpan.FromSeconds(8) ? 2 : 1)
        {
            try
            {
                await volumes.MaterialiseAsync(gone.Token);
                trouble = null;
                return true;
            }
            catch (Exception error) when (error is PodConfigException or HttpOperationException or HttpRequestException)
            {
                trouble = error.Message;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            if (await Task.WhenAny(deleted.Task, Task.Delay(backoff, CancellationToken.None)) == deleted.Task) return false;
        }
    }

    // Tokens expire and config changes; what is mounted follows.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RefreshPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await volumes.MaterialiseAsync(cancellationToken);
                }
                catch (Exception error) when (error is PodConfigException or HttpOperationException or HttpRequestException)
                {
                    // What is there stays until the next round.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pod ended.
        }
    }

    private async Task ReportAsync()
    {
        using var timer = new PeriodicTimer(ReportPeriod);
        try
        {
            for (var last = false; !last;)
            {
                last = Done;
                await ReportOnceAsync(last);
                if (!last) await timer.WaitForNextTickAsync(gone.Token);
            }
            await deleted.Task;
            await RemoveAsync();
        }
        catch (OperationCanceledException)
        {
            // The object is gone already.
        }
    }

    private async Task ReportOnceAsync(bool last)
    {
        var status = Status();
        var text = JsonSerializer.Serialize(status);
        for (var tries = 0; text != reported; tries++)
        {
            try
            {
                await controlPlane.Client.CoreV1.PatchNamespacedPodStatusAsync(new V1Patch(new { status }, V1Patch.PatchType.StrategicMergePatch),
                    pod.Name(), pod.Namespace(), cancellationToken: gone.Token);
                reported = text;
            }
            catch (HttpOperationException error) when (error.Response.StatusCode is System.Net.HttpStatusCode.NotFound)
            {
                return;
            }
            catch (Exception error) when (error is HttpOperationException or HttpRequestException)
            {
                // Only the last word must not be lost; anything else is said again in a moment.
                if (!last) return;
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(200 * (tries + 1), 5000)), gone.Token);
            }
        }
    }

    private async Task RemoveAsync()
    {
        try
        {
            await controlPlane.Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.Namespace(),
                new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Uid() } }, cancellationToken: gone.Token);
        }
        catch (HttpOperationException)
        {
            // Gone, or somebody else's finalizer holds it; either way it is out of our hands.
        }
    }

    private V1PodStatus Status()
    {
        var statuses = containers.ConvertAll(run => run.Status());
        var failedInit = initContainers.Exists(run => run.ExitCode is > 0);
        var phase = Done
            ? !failedInit && initialised && containers.TrueForAll(run => run.ExitCode == 0) ? "Succeeded" : "Failed"
            : statuses.Exists(status => status.State.Waiting is null) ? "Running" : "Pending";
        var isReady = !Done && initialised && statuses.TrueForAll(status => status.Ready);
        V1PodCondition Condition(string type, bool value, string? message = null) => new()
        {
            Type = type,
            Status = value ? "True" : "False",
            Message = message,
            LastTransitionTime = pod.Status?.Conditions?.FirstOrDefault(old => old.Type == type && old.Status == (value ? "True" : "False"))?.LastTransitionTime
                ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddTicks(-(TimeProvider.System.GetUtcNow().Ticks % TimeSpan.TicksPerSecond)),
        };
        return new V1PodStatus
        {
            Phase = phase,
            HostIP = "127.0.0.1",
            PodIP = "127.0.0.1",
            PodIPs = [new V1PodIP { Ip = "127.0.0.1" }],
            StartTime = startTime,
            Message = trouble ?? "logs: " + folder,
            Conditions =
            [
                Condition("Initialized", initialised),
                Condition("Ready", isReady),
                Condition("ContainersReady", isReady),
                Condition("PodScheduled", true),
            ],
            InitContainerStatuses = initContainers.Count > 0 ? initContainers.ConvertAll(run => run.Status()) : null,
            ContainerStatuses = statuses,
        };
    }
}
