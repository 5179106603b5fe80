using System.Net;
using k8s.Autorest;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>The downward API, and reading what may be missing.</summary>
internal static class PodFields
{
    /// <summary>A field of a pod, as a fieldRef names it.</summary>
    /// <exception cref="PodConfigException">There is no such field here.</exception>
    public static string Read(V1Pod pod, string path) => path switch
    {
        "metadata.name" => pod.Name(),
        "metadata.namespace" => pod.Namespace(),
        "metadata.uid" => pod.Uid(),
        "spec.nodeName" => pod.Spec.NodeName,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "status.podIP" or "status.podIPs" or "status.hostIP" or "status.hostIPs" => "127.0.0.1",
        "metadata.labels" => Lines(pod.Metadata.Labels),
        "metadata.annotations" => Lines(pod.Metadata.Annotations),
        _ when Key(path, "metadata.labels") is { } label => pod.Metadata.Labels?.TryGetValue(label, out var value) == true ? value : "",
        _ when Key(path, "metadata.annotations") is { } key => pod.Metadata.Annotations?.TryGetValue(key, out var value) == true ? value : "",
        _ => throw new PodConfigException($"fieldRef {path} is not supported"),
    };

    /// <summary>What was read, or null where there is no such object.</summary>
    public static async Task<T?> FindAsync<T>(Func<Task<T>> read) where T : class
    {
        try
        {
            return await read();
        }
        catch (HttpOperationException error) when (error.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static string Lines(IDictionary<string, string>? map) =>
        string.Join('\n', (map ?? new Dictionary<string, string>()).Select(entry => $"{entry.Key}=\"{entry.Value}\""));

    private static string? Key(string path, string prefix) =>
        path.StartsWith(prefix + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(prefix.Length + 2)..^2]
            : null;
}
