using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>The last resort: Debian's own source package of Kubernetes, built once with Debian's Go and kept in a cache.</summary>
internal static class DebianKubernetes
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    /// <summary>Builds it, unless that was done before.</summary>
    /// <exception cref="DevClusterException">This is no Debian, or the build failed.</exception>
    public static async Task<KubernetesBinaries> BuildAsync(IReadOnlyDictionary<string, string?> environment, Action<string> log, CancellationToken cancellationToken)
    {
        var cache = environment.GetValueOrDefault("XDG_CACHE_HOME") is { Length: > 0 } set ? set
            : Path.Combine(environment.GetValueOrDefault("HOME") ?? "/", ".cache");
        var folder = Path.Combine(cache, "deepfake-operator", "kubernetes-debian");
        const string Reason = "built from Debian's source package; neither KUBEBUILDER_ASSETS nor a setup-envtest download was found";
        if (File.Exists(Path.Combine(folder, "kube-apiserver"))) return new KubernetesBinaries(folder, Reason);
        if (!File.Exists("/etc/debian_version"))
            throw new DevClusterException("no Kubernetes was found: run `setup-envtest use`, or point KUBEBUILDER_ASSETS at a folder with kube-apiserver and etcd");

        log("no Kubernetes binaries were found: building Debian's source package once; this takes some minutes");
        Directory.CreateDirectory(folder);
        var script = Path.Combine(AppContext.BaseDirectory, "debian", "build-kubernetes.sh");
        var build = await ServerProcess.StartAsync("build-kubernetes.sh", Path.Combine(folder, "build.log"), "bash", [script, folder], null, cancellationToken);
        await using (build)
        {
            var done = build.WaitForSuccessAsync(cancellationToken);
            while (await Task.WhenAny(done, Task.Delay(Beat, cancellationToken)) != done) log("  " + build.LogTail(1).Trim());
            await done;
        }
        return new KubernetesBinaries(folder, Reason);
    }
}
