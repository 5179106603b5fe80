using System.Globalization;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>The last resort: Debian's own source package of Kubernetes, built once with Debian's Go and kept in a cache.</summary>
internal static class DebianKubernetes
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>Builds it, unless that was done before; the folder with the programs.</summary>
    /// <exception cref="DevClusterException">This is no Debian, or the build failed.</exception>
    public static async Task<string> BuildAsync(IReadOnlyDictionary<string, string?> environment, Action<string> log,
        CancellationToken cancellationToken)
    {
        var cache = environment.GetValueOrDefault("XDG_CACHE_HOME") is { Length: > 0 } set ? set
            : Path.Combine(environment.GetValueOrDefault("HOME") ?? "/", ".cache");
        var folder = Path.Combine(cache, "deepfake-operator", "kubernetes-debian");
        // The script puts this one in place last.
        if (File.Exists(Path.Combine(folder, "kube-apiserver"))) return folder;
        if (!File.Exists("/etc/debian_version"))
            throw new DevClusterException(
                "no Kubernetes was found: run `setup-envtest use`, or point KUBEBUILDER_ASSETS at a folder with kube-apiserver and etcd");

        log("no Kubernetes was found: building Debian's source package once, which takes 6 to 10 minutes on two cores");
        var logPath = Path.Combine(Workspace.NewFolder("kubernetes-build"), "build.log");
        var script = Path.Combine(AppContext.BaseDirectory, "debian", "build-kubernetes.sh");
        var started = TimeProvider.System.GetTimestamp();
        var build = ServerProcess.Start("build-kubernetes.sh", logPath, "nice", ["-n", "10", "bash", script, folder]);
        await using (build)
        {
            var done = build.WaitForSuccessAsync(cancellationToken);
            while (await Task.WhenAny(done, Task.Delay(Beat, cancellationToken)) != done)
                log(Progress(logPath, TimeProvider.System.GetElapsedTime(started)));
            await done;
        }
        return folder;
    }

    // The last step that the script named, and how far it is: while it compiles, each line is a package.
    private static string Progress(string logPath, TimeSpan elapsed)
    {
        var (step, lines) = ("starting", 0);
        foreach (var line in File.ReadLines(logPath))
            (step, lines) = line.StartsWith("== ", StringComparison.Ordinal) ? (line[3..], 0) : (step, lines + 1);
        var compiled = step.StartsWith("building", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $", {lines} packages compiled of about 2100") : "";
        return string.Create(CultureInfo.InvariantCulture, $"  {step}{compiled} ({elapsed:m\\:ss})");
    }
}
