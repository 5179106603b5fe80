namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>Where the control plane's programs are.</summary>
/// <param name="Folder">Folder with kube-apiserver and its companions; one that is missing there is looked for on PATH. Empty where an image has
/// them.</param>
/// <param name="Reason">Where they come from, and why these and not others.</param>
public sealed record KubernetesBinaries(string Folder, string Reason)
{
    private const string K3s = "rancher/k3s:v1.33.4-k3s1";

    /// <summary>A K3s image to start instead; null where there is a folder.</summary>
    public string? Image { get; private init; }

    /// <summary>
    /// Finds the first that can be had: KUBEBUILDER_ASSETS, what setup-envtest downloaded, K3s in Docker, a build from Debian's source package.
    /// </summary>
    /// <param name="environment">What to read variables from; tests pass their own.</param>
    /// <param name="log">Told about what takes long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DevClusterException">None can be had; the message says how to get one.</exception>
    public static async Task<KubernetesBinaries> LocateAsync(
        IReadOnlyDictionary<string, string?> environment, Action<string> log, CancellationToken cancellationToken)
    {
        if (environment.GetValueOrDefault("KUBEBUILDER_ASSETS") is { Length: > 0 } assets)
        {
            return File.Exists(Path.Combine(assets, "kube-apiserver"))
                ? new KubernetesBinaries(assets, $"from {assets}, as KUBEBUILDER_ASSETS says")
                : throw new DevClusterException($"KUBEBUILDER_ASSETS is {assets}, where there is no kube-apiserver; correct it or unset it");
        }
        if (EnvtestFolder(environment) is { } downloaded)
            return new KubernetesBinaries(downloaded, $"the newest that setup-envtest downloaded, in {downloaded}; KUBEBUILDER_ASSETS is not set");
        const string Missing = "KUBEBUILDER_ASSETS is not set, setup-envtest has downloaded nothing";
        if (await Docker.WhyNotAsync(environment, cancellationToken) is not { } reason)
            return new KubernetesBinaries("", $"{K3s} in Docker; {Missing}") { Image = K3s };
        var built = await DebianKubernetes.BuildAsync(environment, log, cancellationToken);
        return new KubernetesBinaries(built, $"built from Debian's source package, in {built}; {Missing}, and {reason}");
    }

    /// <summary>Path of one program; null where it is neither in the folder nor on PATH.</summary>
    public string? Find(string program) => new[] { Folder }.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    // setup-envtest keeps each version in k8s/<version>-<os>-<arch> under its data folder.
    private static string? EnvtestFolder(IReadOnlyDictionary<string, string?> environment)
    {
        var data = environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } set ? set
            : Path.Combine(environment.GetValueOrDefault("HOME") ?? "/", ".local", "share");
        var versions = Path.Combine(data, "kubebuilder-envtest", "k8s");
        return !Directory.Exists(versions) ? null : Directory.EnumerateDirectories(versions)
            .Where(folder => File.Exists(Path.Combine(folder, "kube-apiserver")))
            .MaxBy(folder => System.Version.TryParse(Path.GetFileName(folder).Split('-')[0], out var version) ? version : new Version(0, 0));
    }
}
