using System.Text.Json;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>A namespace to write manifests into and to wait for pods in.</summary>
internal sealed class PodScene(ControlPlane controlPlane, string @namespace)
{
    public IKubernetes Kubernetes => controlPlane.Client;

    public string Namespace => @namespace;

    /// <summary>Applies YAML documents.</summary>
    public async Task ApplyAsync(string yaml)
    {
        var applier = new ManifestApplier(Kubernetes);
        foreach (var document in ManifestApplier.Parse(yaml))
        {
            document["metadata"]!["namespace"] = Namespace;
            await applier.ApplyAsync(document, TestCluster.Cancellation);
        }
    }

    /// <summary>A pod with one container <c>c</c> that runs a shell script.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">What the shell runs.</param>
    /// <param name="container">Further fields of the container, one a line.</param>
    /// <param name="pod">Further fields of the pod's spec, one a line.</param>
    public Task RunAsync(string name, string script, string container = "", string pod = "restartPolicy: Never") => ApplyAsync($$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}}
        spec:
        {{Indent(pod, 2)}}
          containers:
          - name: c
            image: shell
            args: [{{JsonSerializer.Serialize(script)}}]
        {{Indent(container, 4)}}
        """);

    public Task<V1Pod> ReadAsync(string pod) => Kubernetes.CoreV1.ReadNamespacedPodAsync(pod, Namespace, cancellationToken: TestCluster.Cancellation);

    /// <summary>Waits until a pod is as wanted.</summary>
    public async Task<V1Pod> WaitAsync(string name, Func<V1Pod, bool> wanted)
    {
        V1Pod? pod = null;
        await Eventually.TrueAsync(
            async () => wanted(pod = await ReadAsync(name)), () => $"pod {name}: {JsonSerializer.Serialize(pod?.Status)}");
        return pod!;
    }

    /// <summary>Waits until a pod has ended; its container's end.</summary>
    public async Task<V1ContainerStateTerminated> EndAsync(string name) =>
        (await WaitAsync(name, pod => pod.Status.Phase is "Succeeded" or "Failed")).Status.ContainerStatuses[0].State.Terminated;

    /// <summary>Runs a script to its end; what it printed.</summary>
    public async Task<string> OutputAsync(string name, string script, string container = "", string pod = "restartPolicy: Never")
    {
        await RunAsync(name, script, container, pod);
        var end = await EndAsync(name);
        var log = await LogAsync(name);
        Assert.True(end.ExitCode == 0, $"exit code {end.ExitCode}: {end.Message}\n{log}");
        return log.TrimEnd();
    }

    /// <summary>Waits for a line in a pod's log.</summary>
    public Task LoggedAsync(string name, string text) => Eventually.TrueAsync(
        async () => (await LogAsync(name)).Contains(text, StringComparison.Ordinal), () => $"pod {name} never printed {text}");

    /// <summary>What a pod's container has printed, found as a person would find it: by the path in its status.</summary>
    public async Task<string> LogAsync(string name)
    {
        var path = (await ReadAsync(name)).Status?.Message is { } message && message.StartsWith("logs: ", StringComparison.Ordinal)
            ? Path.Combine(message[6..], "c.log") : "";
        return File.Exists(path) ? await File.ReadAllTextAsync(path, TestCluster.Cancellation) : "";
    }

    public Task DeleteAsync(string name, int? grace = null) =>
        Kubernetes.CoreV1.DeleteNamespacedPodAsync(name, Namespace, gracePeriodSeconds: grace, cancellationToken: TestCluster.Cancellation);

    public async Task<bool> IsGoneAsync(string name)
    {
        var pods = await Kubernetes.CoreV1.ListNamespacedPodAsync(Namespace, cancellationToken: TestCluster.Cancellation);
        return pods.Items.All(pod => pod.Name() != name);
    }

    public static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static string Indent(string lines, int by) => string.Join('\n', lines.Split('\n').Select(line => new string(' ', by) + line));
}
