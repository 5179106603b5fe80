using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>Tells the API server how a pod is, and removes its object once it has ended and was deleted.</summary>
internal sealed class PodStatus(
    IKubernetes kubernetes, V1Pod pod, IReadOnlyList<ContainerRun> initContainers, IReadOnlyList<ContainerRun> containers, string folder)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private readonly DateTime startTime = pod.Status?.StartTime ?? Now();
    private readonly Dictionary<string, V1PodCondition> conditions =
        (pod.Status?.Conditions ?? []).ToDictionary(condition => condition.Type);
    private readonly TaskCompletionSource mayRemove = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool done;
    private string reported = "";

    /// <summary>All init containers have succeeded.</summary>
    public bool Initialised { get; set; }

    /// <summary>What keeps the pod from starting, in words.</summary>
    public string? Trouble { get; set; }

    /// <summary>Nothing of it runs or will run.</summary>
    public bool Done { get => done; set => done = value; }

    /// <summary>Somebody deleted the pod.</summary>
    public void MayRemove() => mayRemove.TrySetResult();

    /// <summary>Reports until the pod is removed.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            for (var final = false; !final;)
            {
                final = Done;
                var status = Status();
                var text = JsonSerializer.Serialize(status);
                // The last word must not be lost; anything else is said again in a moment.
                while (text != reported && !await TrySendAsync(status, text, cancellationToken)
                    && final) await timer.WaitForNextTickAsync(cancellationToken);
                if (!final) await timer.WaitForNextTickAsync(cancellationToken);
            }
            await mayRemove.Task.WaitAsync(cancellationToken);
            while (!await TryRemoveAsync(cancellationToken)) await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The object is gone already.
        }
    }

    private async Task<bool> TrySendAsync(V1PodStatus status, string text, CancellationToken cancellationToken)
    {
        try
        {
            await kubernetes.CoreV1.PatchNamespacedPodStatusAsync(
                // The uid makes the server refuse it for a later pod of the same name.
                new V1Patch(new { metadata = new { uid = pod.Uid() }, status }, V1Patch.PatchType.StrategicMergePatch),
                pod.Name(), pod.Namespace(), cancellationToken: cancellationToken);
            reported = text;
            return true;
        }
        catch (HttpOperationException error) when (error.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return error.Response.StatusCode == HttpStatusCode.NotFound;
        }
        catch (Exception error) when (error is HttpOperationException or HttpRequestException)
        {
            return false;
        }
    }

    private async Task<bool> TryRemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await kubernetes.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.Namespace(),
                new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Uid() } },
                    cancellationToken: cancellationToken);
            return true;
        }
        catch (HttpOperationException error)
        {
            // Gone, or another pod by now.
            return error.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private V1PodStatus Status()
    {
        var statuses = containers.Select(run => run.Status()).ToList();
        var isReady = !Done && Initialised && statuses.TrueForAll(status => status.Ready);
        var unready = string.Join("; ", containers.Zip(statuses).Where(pair => !pair.Second.Ready)
            .Select(pair => pair.First.Name + " is not ready" + (pair.First.Trouble is { } trouble ? ": " + trouble : "")));
        return new V1PodStatus
        {
            Phase = Phase(statuses),
            HostIP = "127.0.0.1",
            PodIP = "127.0.0.1",
            PodIPs = [new V1PodIP { Ip = "127.0.0.1" }],
            StartTime = startTime,
            Message = Trouble ?? "logs: " + folder,
            Conditions =
            [
                Condition("PodScheduled", true),
                Condition("Initialized", Initialised),
                Condition("Ready", isReady, Done ? "PodCompleted" : "ContainersNotReady", unready),
                Condition("ContainersReady", isReady, Done ? "PodCompleted" : "ContainersNotReady", unready),
            ],
            InitContainerStatuses = initContainers.Count > 0 ? [.. initContainers.Select(run => run.Status())] : null,
            ContainerStatuses = statuses,
        };
    }

    private string Phase(List<V1ContainerStatus> statuses)
    {
        if (Done) return Initialised && containers.All(run => run.ExitCode == 0) ? "Succeeded" : "Failed";
        // Between two runs a pod is still running: phases do not go backwards.
        return statuses.TrueForAll(status => status.State.Waiting is null || status.LastState is not null) ? "Running" : "Pending";
    }

    // Reason and message are sent empty, not left out: a patch keeps what it does not mention.
    private V1PodCondition Condition(string type, bool value, string reason = "", string message = "")
    {
        var text = value ? "True" : "False";
        if (!conditions.TryGetValue(type, out var condition) || condition.Status != text)
            conditions[type] = condition = new V1PodCondition { Type = type, Status = text, LastTransitionTime = Now() };
        (condition.Reason, condition.Message) = value ? ("", "") : (reason, message);
        return condition;
    }

    private static DateTime Now() => TimeProvider.System.GetUtcNow().UtcDateTime;
}
