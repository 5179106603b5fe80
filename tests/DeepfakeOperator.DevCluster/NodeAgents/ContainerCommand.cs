using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>A container's command line and environment, as its image's entry point and its pod spec make them.</summary>
internal sealed partial class ContainerCommand(
    V1Pod pod, V1Container container, IReadOnlyDictionary<string, IReadOnlyList<string>> images, PodSandbox sandbox, IKubernetes kubernetes)
{
    // What a process needs to find programs at all; everything else of the host stays outside.
    private static readonly string[] Inherited = ["PATH", "HOME", "LANG", "TMPDIR", "DOTNET_ROOT", "DOTNET_CLI_TELEMETRY_OPTOUT"];

    /// <summary>How to start it, output appended to <paramref name="logPath"/>.</summary>
    /// <exception cref="PodConfigException">The image is unknown, or a reference leads nowhere.</exception>
    public async Task<ProcessStartInfo> BuildAsync(string logPath, CancellationToken cancellationToken)
    {
        if (!images.TryGetValue(container.Image, out var entryPoint))
            throw new PodConfigException($"image {container.Image} is not known to this node; it has {string.Join(", ", images.Keys)}");
        var environment = await EnvironmentAsync(cancellationToken);
        IEnumerable<string> words = [.. container.Command is { Count: > 0 } command ? command : [.. entryPoint], .. container.Args ?? []];
        // A session of its own, so that a signal reaches the whole tree; sh opens the log and then becomes the program.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = container.WorkingDir ?? "" };
        foreach (var word in (string[])["sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", logPath])
            start.ArgumentList.Add(word);
        foreach (var word in words) start.ArgumentList.Add(sandbox.Rewrite(container, Expand(word, environment)));
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        foreach (var (name, value) in await sandbox.ApiAccessAsync(container, cancellationToken)) start.Environment[name] = value;
        foreach (var (name, value) in environment) start.Environment[name] = sandbox.Rewrite(container, value);
        return start;
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        {
            if (source.ConfigMapRef is { } map)
                foreach (var (key, value) in await ConfigMapAsync(map.Name, map.Optional, cancellationToken)) environment[source.Prefix + key] = value;
            if (source.SecretRef is { } secret)
                foreach (var (key, value) in await SecretAsync(secret.Name, secret.Optional, cancellationToken)) environment[source.Prefix + key] = value;
        }
        foreach (var variable in container.Env ?? [])
            if (await ValueAsync(variable, environment, cancellationToken) is { } value) environment[variable.Name] = value;
        return environment;
    }

    private async Task<string?> ValueAsync(V1EnvVar variable, Dictionary<string, string> earlier, CancellationToken cancellationToken)
    {
        if (variable.ValueFrom is not { } from) return Expand(variable.Value ?? "", earlier);
        if (from.FieldRef is { } field) return PodFields.Read(pod, field.FieldPath);
        if (from.ConfigMapKeyRef is { } map) return Key(await ConfigMapAsync(map.Name, map.Optional, cancellationToken), map.Key, map.Optional, "configmap " + map.Name);
        if (from.SecretKeyRef is { } secret) return Key(await SecretAsync(secret.Name, secret.Optional, cancellationToken), secret.Key, secret.Optional, "secret " + secret.Name);
        throw new PodConfigException($"env {variable.Name}: a source that local processes cannot have");
    }

    private async Task<Dictionary<string, string>> ConfigMapAsync(string name, bool? optional, CancellationToken cancellationToken)
    {
        var map = await PodFields.FindAsync(() => kubernetes.CoreV1.ReadNamespacedConfigMapAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        return map is not null || optional == true ? new(map?.Data ?? new Dictionary<string, string>()) : throw new PodConfigException($"configmap {name} not found");
    }

    private async Task<Dictionary<string, string>> SecretAsync(string name, bool? optional, CancellationToken cancellationToken)
    {
        var secret = await PodFields.FindAsync(() => kubernetes.CoreV1.ReadNamespacedSecretAsync(name, pod.Namespace(), cancellationToken: cancellationToken));
        if (secret is null && optional != true) throw new PodConfigException($"secret {name} not found");
        return secret?.Data?.ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value)) ?? [];
    }

    private static string? Key(Dictionary<string, string> data, string key, bool? optional, string what) =>
        data.TryGetValue(key, out var value) ? value : optional == true ? null : throw new PodConfigException($"{what} has no key {key}");

    // $(NAME) stands for a variable that is known, $$(NAME) for itself.
    private static string Expand(string text, Dictionary<string, string> environment) => Reference().Replace(text, match =>
        match.Value.StartsWith("$$", StringComparison.Ordinal) ? match.Value[1..]
        : environment.TryGetValue(match.Groups[1].Value, out var value) ? value : match.Value);

    [GeneratedRegex(@"\$?\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")]
    private static partial Regex Reference();
}
