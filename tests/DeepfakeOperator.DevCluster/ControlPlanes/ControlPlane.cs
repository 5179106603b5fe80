using System.Globalization;
using DeepfakeOperator.DevCluster.Processes;
using k8s;
using k8s.Autorest;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>A real Kubernetes control plane on loopback: etcd, kube-apiserver with RBAC, kube-controller-manager, kube-scheduler.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string folder;
    private readonly KubernetesBinaries binaries;
    private readonly Servers servers;

    private ControlPlane(string folder, KubernetesBinaries binaries, Servers servers)
    {
        (this.folder, this.binaries, this.servers) = (folder, binaries, servers);
        KubeconfigPath = WriteKubeconfig("admin", "system:masters");
        Configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(KubeconfigPath);
        Client = new Kubernetes(Configuration);
    }

    /// <summary>An administrator's kubeconfig.</summary>
    public string KubeconfigPath { get; }

    /// <summary>The same for KubernetesClient.</summary>
    public KubernetesClientConfiguration Configuration { get; }

    /// <summary>An administrator's client.</summary>
    public IKubernetes Client { get; }

    /// <summary>Address of the API server.</summary>
    public string Server => servers.Address;

    /// <summary>PEM of the authority that signed the API server's certificate.</summary>
    public string AuthorityPem => servers.AuthorityPem;

    /// <summary>The server's own version, such as v1.37.2.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Its minor version, such as 37.</summary>
    public int MinorVersion => int.Parse(Version.Split('.')[1], CultureInfo.InvariantCulture);

    /// <summary>One line: which version, from where, and why.</summary>
    public string Description => $"kubernetes {Version}: {binaries.Reason}";

    /// <summary>kubectl, where there is one.</summary>
    public string? KubectlPath => binaries.Find("kubectl");

    /// <summary>Starts one and waits until it serves.</summary>
    /// <exception cref="DevClusterException">A server did not start; the message holds the end of its log.</exception>
    public static async Task<ControlPlane> StartAsync(ControlPlaneOptions options, KubernetesBinaries binaries, CancellationToken cancellationToken)
    {
        var folder = Workspace.NewFolder("kubernetes");
        Servers servers = binaries.Image is { } image
            ? await ContainerServers.StartAsync(image, folder, cancellationToken)
            : await LocalServers.StartAsync(binaries, folder, cancellationToken);
        var controlPlane = new ControlPlane(folder, binaries, servers);
        try
        {
            await controlPlane.ServesAsync(cancellationToken);
            if (options.WithControllers && servers is LocalServers local)
                await local.StartControllersAsync(controlPlane.MinorVersion, controlPlane.KubeconfigPath, cancellationToken);
            return controlPlane;
        }
        catch
        {
            await controlPlane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the API server at once and starts it again, as after a crash; the data stays.</summary>
    /// <exception cref="NotSupportedException">It runs in a container.</exception>
    public async Task RestartApiServerAsync(CancellationToken cancellationToken)
    {
        await servers.RestartApiServerAsync(cancellationToken);
        await ServesAsync(cancellationToken);
    }

    /// <summary>Writes a kubeconfig with a client certificate for a user of a group.</summary>
    public string WriteKubeconfig(string user, string group)
    {
        var (certificate, key) = servers.IssueFor(user, group);
        var authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(AuthorityPem));
        var path = Path.Combine(folder, user + ".kubeconfig");
        File.WriteAllText(path, $$$"""
            apiVersion: v1
            kind: Config
            current-context: devcluster
            clusters: [{name: devcluster, cluster: {server: "{{{Server}}}", certificate-authority-data: {{{authority}}} }}]
            users: [{name: {{{user}}}, user: {client-certificate: "{{{certificate}}}", client-key: "{{{key}}}"}}]
            contexts: [{name: devcluster, context: {cluster: devcluster, user: {{{user}}} }}]
            """);
        return path;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await servers.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    // The namespaces come a moment after /readyz: ask for what everybody needs first.
    private async Task ServesAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            try
            {
                await Client.CoreV1.ReadNamespaceAsync("default", cancellationToken: patience.Token);
                Version = (await Client.Version.GetCodeAsync(patience.Token)).GitVersion;
                return;
            }
            catch (Exception error) when (error is HttpRequestException or HttpOperationException)
            {
                await Task.Delay(100, patience.Token);
            }
        }
    }
}
