using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DeepfakeOperator.DevCluster.Processes;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>A container's command line and environment, as its image's entry point and its pod spec make them.</summary>
internal sealed partial class ContainerCommand(
    V1Pod pod, V1Container container, IReadOnlyDictionary<string, IReadOnlyList<string>> images, PodSandbox sandbox, IKubernetes kubernetes)
{
    // What a process needs to find programs at all; everything else of the host stays outside.
    private static readonly string[] Inherited = ["PATH", "HOME", "LANG", "DOTNET_ROOT", "DOTNET_CLI_TELEMETRY_OPTOUT"];

    /// <summary>How to start it, output appended to <paramref name="logPath"/>.</summary>
    /// <exception cref="PodConfigException">The image is unknown, or a reference leads nowhere.</exception>
    public async Task<ProcessStartInfo> BuildAsync(string logPath, CancellationToken cancellationToken)
    {
        if (!images.TryGetValue(container.Image, out var entryPoint))
            throw new PodConfigException($"image {container.Image} is not known to this node; it has {string.Join(", ", images.Keys)}",
                "ImagePullBackOff");
        var environment = await sandbox.EnvironmentAsync(container, cancellationToken);
        await AddDeclaredAsync(environment, cancellationToken);
        // The image's own words name real paths and ports already.
        string[] image = container.Command is { Count: > 0 } ? [] : [.. entryPoint];
        var words = image.Concat((container.Command ?? []).Concat(container.Args ?? [])
            .Select(word => sandbox.Rewrite(container, Expand(word, environment)))).ToList();
        if (words.Count == 0) throw new PodConfigException($"container {container.Name} has no command, and image {container.Image} brings none");
        var start = ProcessGroup.Command(logPath, words);
        start.WorkingDirectory = container.WorkingDir is { Length: > 0 } folder ? sandbox.Rewrite(container, folder) : "/";
        if (!Directory.Exists(start.WorkingDirectory)) throw new PodConfigException($"workingDir {container.WorkingDir} does not exist");
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private async Task AddDeclaredAsync(Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        foreach (var source in container.EnvFrom ?? [])
        {
            var values = source.ConfigMapRef is { } map ? await ConfigMapAsync(map.Name, map.Optional, cancellationToken)
                : source.SecretRef is { } secret ? await SecretAsync(secret.Name, secret.Optional, cancellationToken) : [];
            foreach (var (key, value) in values) environment[source.Prefix + key] = sandbox.Rewrite(container, value);
        }
        foreach (var variable in container.Env ?? [])
            if (await ValueAsync(variable, environment, cancellationToken) is { } value) environment[variable.Name] = sandbox.Rewrite(container,
                value);
    }

    private async Task<string?> ValueAsync(V1EnvVar variable, Dictionary<string, string> earlier, CancellationToken cancellationToken)
    {
        if (variable.ValueFrom is not { } from) return Expand(variable.Value ?? "", earlier);
        if (from.FieldRef is { } field) return PodFields.Read(pod, field.FieldPath);
        if (from.ConfigMapKeyRef is { } map) return Key(await ConfigMapAsync(map.Name, map.Optional, cancellationToken), map.Key, map.Optional,
            "configmap " + map.Name);
        if (from.SecretKeyRef is { } secret) return Key(await SecretAsync(secret.Name, secret.Optional, cancellationToken), secret.Key,
            secret.Optional, "secret " + secret.Name);
        throw new PodConfigException($"env {variable.Name}: a source that local processes cannot have");
    }

    private async Task<Dictionary<string, string>> ConfigMapAsync(string name, bool? optional, CancellationToken cancellationToken)
    {
        var map = await PodFields.FindAsync(() =>
            kubernetes.CoreV1.ReadNamespacedConfigMapAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        return map is not null || optional == true ? new(map?.Data ?? new Dictionary<string, string>())
            : throw new PodConfigException($"configmap {name} not found");
    }

    private async Task<Dictionary<string, string>> SecretAsync(string name, bool? optional, CancellationToken cancellationToken)
    {
        var secret = await PodFields.FindAsync(() =>
            kubernetes.CoreV1.ReadNamespacedSecretAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (secret is null && optional != true) throw new PodConfigException($"secret {name} not found");
        return secret?.Data?.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value)) ?? [];
    }

    private static string? Key(Dictionary<string, string> data, string key, bool? optional, string what) =>
        data.TryGetValue(key, out var value) ? value : optional == true ? null : throw new PodConfigException($"{what} has no key {key}");

    // $(NAME) stands for a variable that is known and else for itself, $$ for a dollar sign.
    private static string Expand(string text, Dictionary<string, string> environment) => Reference().Replace(text, match =>
        match.Value == "$$" ? "$" : environment.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(@"\$\$|\$\(([^()]+)\)")]
    private static partial Regex Reference();
}
