using System.Text;
using DeepfakeOperator.DevCluster.ControlPlanes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>Makes a pod's volumes as folders of the host.</summary>
internal sealed class PodVolumes(ControlPlane controlPlane, V1Pod pod, string folder)
{
    private readonly IKubernetes kubernetes = controlPlane.Client;

    /// <summary>The folder of each volume, by volume name.</summary>
    public Dictionary<string, string> Folders { get; } = [];

    /// <summary>Makes or refreshes all of them.</summary>
    /// <exception cref="PodConfigException">A source is missing or of a kind that is not supported.</exception>
    public async Task MaterialiseAsync(CancellationToken cancellationToken)
    {
        foreach (var volume in pod.Spec.Volumes ?? [])
        {
            if (volume.HostPath is { } host)
            {
                if (host.Type == "DirectoryOrCreate") Directory.CreateDirectory(host.Path);
                if (!Path.Exists(host.Path)) throw new PodConfigException($"volume {volume.Name}: hostPath {host.Path} does not exist");
                Folders[volume.Name] = host.Path;
                continue;
            }
            var path = Folders[volume.Name] = Directory.CreateDirectory(Path.Combine(folder, "volumes", volume.Name)).FullName;
            foreach (var (name, content) in await ContentAsync(volume, cancellationToken)) Write(Path.Combine(path, name), content);
        }
    }

    private async Task<Dictionary<string, byte[]>> ContentAsync(V1Volume volume, CancellationToken cancellationToken)
    {
        if (volume.EmptyDir is not null) return [];
        if (volume.Secret is { } secret) return await SecretAsync(secret.SecretName, secret.Items, secret.Optional, cancellationToken);
        if (volume.ConfigMap is { } map) return await ConfigMapAsync(map.Name, map.Items, map.Optional, cancellationToken);
        if (volume.DownwardAPI is { } downward) return downward.Items.ToDictionary(item => item.Path, item => Encoding.UTF8.GetBytes(PodFields.Read(pod, item.FieldRef.FieldPath)));
        if (volume.Projected is not { } projected) throw new PodConfigException($"volume {volume.Name}: a kind of volume that local processes cannot have");
        var files = new Dictionary<string, byte[]>();
        foreach (var source in projected.Sources)
        {
            var part = source switch
            {
                { ServiceAccountToken: { } token } => new() { [token.Path] = Encoding.UTF8.GetBytes(await TokenAsync(token, cancellationToken)) },
                { ConfigMap: { } configMap } => await ConfigMapAsync(configMap.Name, configMap.Items, configMap.Optional, cancellationToken),
                { Secret: { } one } => await SecretAsync(one.Name, one.Items, one.Optional, cancellationToken),
                { DownwardAPI: { } fields } => fields.Items.ToDictionary(item => item.Path, item => Encoding.UTF8.GetBytes(PodFields.Read(pod, item.FieldRef.FieldPath))),
                _ => throw new PodConfigException($"volume {volume.Name}: a projected source that local processes cannot have"),
            };
            foreach (var (name, content) in part) files[name] = content;
        }
        return files;
    }

    private async Task<Dictionary<string, byte[]>> SecretAsync(string name, IList<V1KeyToPath>? items, bool? optional, CancellationToken cancellationToken)
    {
        var secret = await PodFields.FindAsync(() => kubernetes.CoreV1.ReadNamespacedSecretAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (secret is null && optional != true) throw new PodConfigException($"secret {name} not found");
        return Pick(secret?.Data?.ToDictionary(entry => entry.Key, entry => entry.Value) ?? [], items, "secret " + name);
    }

    private async Task<Dictionary<string, byte[]>> ConfigMapAsync(string name, IList<V1KeyToPath>? items, bool? optional, CancellationToken cancellationToken)
    {
        var map = await PodFields.FindAsync(() => kubernetes.CoreV1.ReadNamespacedConfigMapAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (map is null && optional != true) throw new PodConfigException($"configmap {name} not found");
        var data = map?.Data?.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetBytes(entry.Value)) ?? [];
        foreach (var (key, content) in map?.BinaryData ?? new Dictionary<string, byte[]>()) data[key] = content;
        return Pick(data, items, "configmap " + name);
    }

    private static Dictionary<string, byte[]> Pick(Dictionary<string, byte[]> data, IList<V1KeyToPath>? items, string what) =>
        items is null or { Count: 0 } ? data : items.ToDictionary(item => item.Path,
            item => data.GetValueOrDefault(item.Key) ?? throw new PodConfigException($"{what} has no key {item.Key}"));

    private async Task<string> TokenAsync(V1ServiceAccountTokenProjection projection, CancellationToken cancellationToken)
    {
        var request = new Authenticationv1TokenRequest
        {
            Spec = new V1TokenRequestSpec
            {
                Audiences = projection.Audience is { } audience ? [audience] : [],
                ExpirationSeconds = projection.ExpirationSeconds,
                BoundObjectRef = new V1BoundObjectReference { Kind = "Pod", ApiVersion = "v1", Name = pod.Name(), Uid = pod.Uid() },
            },
        };
        var answer = await kubernetes.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            request, pod.Spec.ServiceAccountName, pod.Namespace(), cancellationToken: cancellationToken);
        return answer.Status.Token;
    }

    // Renamed into place, so that a reader never sees half a token.
    private static void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}
