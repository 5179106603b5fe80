using System.Security.Cryptography;
using DeepfakeOperator.DevCluster.Processes;
using k8s;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>A real Kubernetes control plane on loopback: etcd, kube-apiserver with RBAC, kube-controller-manager, kube-scheduler.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string folder;
    private readonly KubernetesBinaries binaries;
    private readonly Certificates certificates;
    private readonly int[] ports = FreePort.Take(5);
    private readonly Dictionary<string, ServerProcess> servers = [];

    private ControlPlane(string folder, KubernetesBinaries binaries)
    {
        this.folder = folder;
        this.binaries = binaries;
        certificates = new Certificates(folder, TimeProvider.System.GetUtcNow());
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
    public string Server => $"https://127.0.0.1:{ports[0]}";

    /// <summary>PEM of the authority that signed the API server's certificate.</summary>
    public string AuthorityPem => certificates.AuthorityPem;

    /// <summary>The server's own version, such as v1.37.2.</summary>
    public string Version { get; private set; } = "";

    /// <summary>One line: which version, from where, and why.</summary>
    public string Description => $"kubernetes {Version}: {binaries.Reason}";

    /// <summary>kubectl, where there is one.</summary>
    public string? KubectlPath => binaries.Find("kubectl");

    /// <summary>Starts one and waits until it serves.</summary>
    /// <exception cref="DevClusterException">A server did not start; the message holds the end of its log.</exception>
    public static async Task<ControlPlane> StartAsync(ControlPlaneOptions options, KubernetesBinaries binaries, CancellationToken cancellationToken)
    {
        var controlPlane = new ControlPlane(Directory.CreateTempSubdirectory("devcluster-").FullName, binaries);
        try
        {
            await controlPlane.StartEtcdAsync(cancellationToken);
            await controlPlane.StartApiServerAsync(cancellationToken);
            if (options.WithControllers) await controlPlane.StartControllersAsync(cancellationToken);
            return controlPlane;
        }
        catch
        {
            await controlPlane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the API server at once and starts it again, as after a crash; the data stays.</summary>
    public async Task RestartApiServerAsync(CancellationToken cancellationToken)
    {
        await servers["kube-apiserver"].KillAsync();
        await StartApiServerAsync(cancellationToken);
    }

    /// <summary>Writes a kubeconfig with a client certificate for a user of a group.</summary>
    public string WriteKubeconfig(string user, string group)
    {
        var (certificate, key) = certificates.Issue(user, group);
        var path = Path.Combine(folder, user + ".kubeconfig");
        File.WriteAllText(path, $$$"""
            apiVersion: v1
            kind: Config
            current-context: devcluster
            clusters: [{name: devcluster, cluster: {server: "{{{Server}}}", certificate-authority: "{{{certificates.AuthorityPath}}}"}}]
            users: [{name: {{{user}}}, user: {client-certificate: "{{{certificate}}}", client-key: "{{{key}}}"}}]
            contexts: [{name: devcluster, context: {cluster: devcluster, user: {{{user}}} }}]
            """);
        return path;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // The last started goes first, so that no server loses what it depends on while it says goodbye.
        foreach (var server in servers.Values.Reverse()) await server.DisposeAsync();
        certificates.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartEtcdAsync(CancellationToken cancellationToken)
    {
        var url = $"http://127.0.0.1:{ports[1]}";
        var server = await StartAsync("etcd", cancellationToken,
            $"--data-dir={Path.Combine(folder, "etcd")}", $"--listen-client-urls={url}", $"--advertise-client-urls={url}",
            $"--listen-peer-urls=http://127.0.0.1:{ports[2]}", "--unsafe-no-fsync", "--log-level=warn");
        await server.WaitUntilAsync(token => AnswersAsync(url + "/health", token), Patience, cancellationToken);
    }

    private async Task StartApiServerAsync(CancellationToken cancellationToken)
    {
        var (certificate, key) = certificates.Issue("kube-apiserver");
        var accounts = Path.Combine(folder, "service-accounts.key");
        if (!File.Exists(accounts))
        {
            using var rsa = RSA.Create(2048);
            await File.WriteAllTextAsync(accounts, rsa.ExportRSAPrivateKeyPem(), cancellationToken);
        }
        var server = await StartAsync("kube-apiserver", cancellationToken,
            $"--etcd-servers=http://127.0.0.1:{ports[1]}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={ports[0]}",
            $"--tls-cert-file={certificate}", $"--tls-private-key-file={key}", $"--client-ca-file={certificates.AuthorityPath}",
            $"--cert-dir={folder}", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
            "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={accounts}",
            $"--service-account-signing-key-file={accounts}", "--allow-privileged=true", "--profiling=false");
        await server.WaitUntilAsync(IsReadyAsync, Patience, cancellationToken);
        Version = (await Client.Version.GetCodeAsync(cancellationToken)).GitVersion;
    }

    private async Task StartControllersAsync(CancellationToken cancellationToken)
    {
        var kubeconfig = $"--kubeconfig={KubeconfigPath}";
        await StartAsync("kube-controller-manager", cancellationToken, kubeconfig, "--bind-address=127.0.0.1", $"--secure-port={ports[3]}", $"--cert-dir={folder}",
            "--leader-elect=false", $"--root-ca-file={certificates.AuthorityPath}", "--use-service-account-credentials=true",
            $"--service-account-private-key-file={Path.Combine(folder, "service-accounts.key")}", "--profiling=false");
        await StartAsync("kube-scheduler", cancellationToken, kubeconfig, "--bind-address=127.0.0.1", $"--secure-port={ports[4]}", $"--cert-dir={folder}",
            "--leader-elect=false", "--profiling=false");
    }

    private async Task<ServerProcess> StartAsync(string program, CancellationToken cancellationToken, params string[] arguments)
    {
        var path = binaries.Find(program)
            ?? throw new DevClusterException($"{program} is neither in {binaries.Folder} nor on PATH; point KUBEBUILDER_ASSETS at a folder that has it");
        var server = await ServerProcess.StartAsync(program, Path.Combine(folder, program + ".log"), path, arguments, null, cancellationToken);
        if (servers.Remove(program, out var old)) await old.DisposeAsync();
        servers[program] = server;
        return server;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            // RBAC's bootstrap roles come a moment after /readyz on old servers, the namespaces after that: ask for what tests need first.
            await Client.CoreV1.ReadNamespaceAsync("default", cancellationToken: cancellationToken);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or k8s.Autorest.HttpOperationException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(string url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        try
        {
            using var response = await http.GetAsync(new Uri(url), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
