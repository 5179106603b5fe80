using System.Collections.Concurrent;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Processes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>
/// A small kubelet: it registers a node and runs the pods that the scheduler binds to it as local processes. What containers would isolate is not
/// isolated: pods share the
/// host's files, users and loopback. README.md says which rules make ordinary pod specs work nevertheless.
/// </summary>
public sealed class NodeAgent : IAsyncDisposable
{
    // Listing is cheap on loopback and, unlike a watch, cannot miss anything.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private readonly ControlPlane controlPlane;
    private readonly NodeAgentOptions options;
    private readonly Action<string> log;
    private readonly string folder = Workspace.NewFolder("pods");
    private readonly ConcurrentDictionary<string, PodRun> pods = new();
    private readonly List<Task> ending = [];
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    private NodeAgent(ControlPlane controlPlane, NodeAgentOptions options, Action<string> log) =>
        (this.controlPlane, this.options, this.log) = (controlPlane, options, log);

    /// <summary>Where the containers' logs are: one folder a pod, one file a container.</summary>
    public string LogFolder => folder;

    /// <summary>Registers the node and starts to run its pods; those of an agent that is gone are taken over as after a reboot.</summary>
    public static async Task<NodeAgent> StartAsync(ControlPlane controlPlane, NodeAgentOptions options, Action<string> log,
        CancellationToken cancellationToken)
    {
        var agent = new NodeAgent(controlPlane, options, log);
        var registration = new NodeRegistration(controlPlane.Client, options);
        await registration.RegisterAsync(cancellationToken);
        agent.running = Task.WhenAll(registration.HeartbeatAsync(agent.stopping.Token), agent.RunAsync(agent.stopping.Token));
        return agent;
    }

    /// <summary>Process ids of a pod's running containers, by container name; empty where the pod is not here.</summary>
    public IReadOnlyDictionary<string, int> ProcessesOf(string podUid) =>
        pods.TryGetValue(podUid, out var pod) ? pod.Processes : new Dictionary<string, int>();

    /// <summary>Kills what runs, without grace: the node is going away.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await Task.WhenAll(pods.Values.Select(pod => pod.DisposeAsync().AsTask()).Concat(ending));
        stopping.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    await SyncAsync(cancellationToken);
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested)
                {
                    // Mostly the API server is away or busy; the pods run on, and the next look tells.
                    if (error is not HttpRequestException) log($"node {options.Name}: {error.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        var bound = await controlPlane.Client.CoreV1.ListPodForAllNamespacesAsync(
            fieldSelector: "spec.nodeName=" + options.Name, cancellationToken: cancellationToken);
        foreach (var pod in bound.Items)
        {
            if (pods.TryGetValue(pod.Uid(), out var known)) known.Update(pod);
            else if (pod.Status?.Phase is not ("Succeeded" or "Failed")) pods[pod.Uid()] = Start(pod);
            // One that ended under an earlier agent is history, kept by its owner and not by its node.
            else if (pod.Metadata.DeletionTimestamp is not null) await RemoveAsync(pod, cancellationToken);
        }
        var seen = bound.Items.Select(pod => pod.Uid()).ToHashSet();
        foreach (var uid in pods.Keys.Where(uid => !seen.Contains(uid)).ToList())
            if (pods.TryRemove(uid, out var run)) ending.Add(run.DisposeAsync().AsTask());
        ending.RemoveAll(end => end.IsCompletedSuccessfully);
    }

    private PodRun Start(V1Pod pod)
    {
        log($"pod {pod.Namespace()}/{pod.Name()} starts");
        // By uid: a pod of the same name may come back.
        // Short, as programs put sockets into the pod's /tmp, and a socket's path has at most 108 bytes.
        return new PodRun(pod, controlPlane, options,
            Directory.CreateDirectory(Path.Combine(folder, pod.Uid()[..8])).FullName);
    }

    private async Task RemoveAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var options = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Uid() } };
        await controlPlane.Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), pod.Namespace(), options, cancellationToken: cancellationToken);
    }
}
