using System.Collections.Concurrent;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>
/// A small kubelet: it registers a node and runs the pods that the scheduler binds to it as local processes. What containers would isolate is not isolated: pods share the
/// host's files, users and loopback. README.md says which rules make ordinary pod specs work nevertheless.
/// </summary>
public sealed class NodeAgent : IAsyncDisposable
{
    // Listing is cheap on loopback and, unlike a watch, cannot miss anything.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private readonly ControlPlane controlPlane;
    private readonly NodeAgentOptions options;
    private readonly Action<string> log;
    private readonly string folder = Directory.CreateTempSubdirectory("devcluster-pods-").FullName;
    private readonly ConcurrentDictionary<string, PodRun> pods = new();
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    private NodeAgent(ControlPlane controlPlane, NodeAgentOptions options, Action<string> log) =>
        (this.controlPlane, this.options, this.log) = (controlPlane, options, log);

    /// <summary>Registers the node and starts to run its pods.</summary>
    public static async Task<NodeAgent> StartAsync(ControlPlane controlPlane, NodeAgentOptions options, Action<string> log, CancellationToken cancellationToken)
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

    /// <summary>Where the containers' logs are: one folder a pod, one file a container.</summary>
    public string LogFolder => folder;

    /// <summary>Kills what runs, without grace: the cluster is going away.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        foreach (var pod in pods.Values) await pod.DisposeAsync();
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
                catch (Exception error) when (error is HttpRequestException or HttpOperationException)
                {
                    // The API server is away or busy; the pods run on and the next look tells.
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
        var seen = new HashSet<string>();
        foreach (var pod in bound.Items)
        {
            seen.Add(pod.Uid());
            // A pod that ended is history: it is kept by its owner, not by its node.
            if (pod.Status?.Phase is "Succeeded" or "Failed" && pod.Metadata.DeletionTimestamp is null && !pods.ContainsKey(pod.Uid())) continue;
            var run = pods.GetOrAdd(pod.Uid(), _ =>
            {
                log($"pod {pod.Namespace()}/{pod.Name()} starts");
                return new PodRun(pod, controlPlane, options.Images, Path.Combine(folder, pod.Namespace() + "_" + pod.Name()));
            });
            run.Update(pod);
        }
        foreach (var (uid, run) in pods)
        {
            if (seen.Contains(uid) || !pods.TryRemove(uid, out _)) continue;
            await run.DisposeAsync();
        }
    }
}
