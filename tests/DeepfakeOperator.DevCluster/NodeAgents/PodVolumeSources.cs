using System.Text;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>What the files of a pod's volumes hold: secrets, config maps, fields of the pod, tokens.</summary>
internal sealed class PodVolumeSources(IKubernetes kubernetes, V1Pod pod)
{
    /// <summary>Files by their path in the volume.</summary>
    /// <exception cref="PodConfigException">A source is missing or of a kind that is not supported.</exception>
    public async Task<Dictionary<string, byte[]>> ReadAsync(V1Volume volume, CancellationToken cancellationToken)
    {
        if (volume.Secret is { } secret) return await SecretAsync(secret.SecretName, secret.Items, secret.Optional, cancellationToken);
        if (volume.ConfigMap is { } map) return await ConfigMapAsync(map.Name, map.Items, map.Optional, cancellationToken);
        if (volume.DownwardAPI is { } downward) return Fields(downward.Items);
        if (volume.Projected is not { } projected) throw new PodConfigException(
            $"volume {volume.Name}: a kind of volume that local processes cannot have");
        var files = new Dictionary<string, byte[]>();
        foreach (var source in projected.Sources)
        {
            var part = source switch
            {
                { ServiceAccountToken: { } token } => new() { [token.Path] = Encoding.UTF8.GetBytes(await TokenAsync(token, cancellationToken)) },
                { ConfigMap: { } configMap } => await ConfigMapAsync(configMap.Name, configMap.Items, configMap.Optional, cancellationToken),
                { Secret: { } one } => await SecretAsync(one.Name, one.Items, one.Optional, cancellationToken),
                { DownwardAPI: { } fields } => Fields(fields.Items),
                _ => throw new PodConfigException($"volume {volume.Name}: a projected source that local processes cannot have"),
            };
            foreach (var (name, content) in part) files[name] = content;
        }
        return files;
    }

    private Dictionary<string, byte[]> Fields(IEnumerable<V1DownwardAPIVolumeFile> items) =>
        items.ToDictionary(item => item.Path, item => Encoding.UTF8.GetBytes(PodFields.Read(pod, item.FieldRef?.FieldPath ?? "(resourceFieldRef)")));

    private async Task<Dictionary<string,
        byte[]>> SecretAsync(string name, IList<V1KeyToPath>? items, bool? optional, CancellationToken cancellationToken)
    {
        var secret = await PodFields.FindAsync(() =>
            kubernetes.CoreV1.ReadNamespacedSecretAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (secret is null && optional != true) throw new PodConfigException($"secret {name} not found");
        return Pick(secret?.Data?.ToDictionary(entry => entry.Key, entry => entry.Value) ?? [], items, optional, "secret " + name);
    }

    private async Task<Dictionary<string,
        byte[]>> ConfigMapAsync(string name, IList<V1KeyToPath>? items, bool? optional, CancellationToken cancellationToken)
    {
        var map = await PodFields.FindAsync(() =>
            kubernetes.CoreV1.ReadNamespacedConfigMapAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (map is null && optional != true) throw new PodConfigException($"configmap {name} not found");
        var data = map?.Data?.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetBytes(entry.Value)) ?? [];
        foreach (var (key, content) in map?.BinaryData ?? new Dictionary<string, byte[]>()) data[key] = content;
        return Pick(data, items, optional, "configmap " + name);
    }

    private static Dictionary<string, byte[]> Pick(Dictionary<string, byte[]> data, IList<V1KeyToPath>? items, bool? optional, string what)
    {
        if (items is null or { Count: 0 }) return data;
        if (optional != true && items.FirstOrDefault(item => !data.ContainsKey(item.Key)) is { } missing)
            throw new PodConfigException($"{what} has no key {missing.Key}");
        return items.Where(item => data.ContainsKey(item.Key)).ToDictionary(item => item.Path, item => data[item.Key]);
    }

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
}
