using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>
/// etcd, kube-apiserver, kube-controller-manager and kube-scheduler as processes on loopback. The flags fit every version from 1.20 on.
/// </summary>
internal sealed class LocalServers : Servers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string folder;
    private readonly KubernetesBinaries binaries;
    private readonly Certificates certificates;
    private readonly int[] ports = FreePort.Take(5);
    private readonly Stack<ServerProcess> servers = new();
    private readonly HttpClient http;
    private ServerProcess apiServer = null!;

    private LocalServers(string folder, KubernetesBinaries binaries)
    {
        this.folder = folder;
        this.binaries = binaries;
        certificates = Certificates.Create(folder);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(certificates.AuthorityPem));
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        http = new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { Timeout = TimeSpan.FromSeconds(5) };
    }

    public override string Address => $"https://127.0.0.1:{ports[0]}";

    public override string AuthorityPem => certificates.AuthorityPem;

    public static async Task<LocalServers> StartAsync(KubernetesBinaries binaries, string folder, CancellationToken cancellationToken)
    {
        var local = new LocalServers(folder, binaries);
        try
        {
            await local.StartEtcdAsync(cancellationToken);
            await local.StartApiServerAsync(cancellationToken);
            return local;
        }
        catch
        {
            await local.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what turns objects into more objects, and binds pods to nodes.</summary>
    /// <param name="minor">The API server's minor version.</param>
    /// <param name="kubeconfig">An administrator's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartControllersAsync(int minor, string kubeconfig, CancellationToken cancellationToken)
    {
        // Until 1.23 they also listened on a fixed port without TLS, which two clusters cannot share; later versions refuse the flag.
        var (certificate, key) = certificates.Issue("controllers");
        string[] common = [$"--kubeconfig={kubeconfig}", "--bind-address=127.0.0.1", $"--tls-cert-file={certificate}",
            $"--tls-private-key-file={key}",
            "--leader-elect=false", "--profiling=false", .. minor < 24 ? ["--port=0"] : Array.Empty<string>()];
        var controllers = Start("kube-controller-manager", [.. common, $"--secure-port={ports[3]}", $"--root-ca-file={certificates.AuthorityPath}",
            "--use-service-account-credentials=true", $"--service-account-private-key-file={AccountsKeyPath}"]);
        var scheduler = Start("kube-scheduler", [.. common, $"--secure-port={ports[4]}"]);
        servers.Push(controllers);
        servers.Push(scheduler);
        await controllers.WaitUntilAsync(token => IsWellAsync($"https://127.0.0.1:{ports[3]}/healthz", token), Patience, cancellationToken);
        await scheduler.WaitUntilAsync(token => IsWellAsync($"https://127.0.0.1:{ports[4]}/healthz", token), Patience, cancellationToken);
    }

    public override (string CertificatePath, string KeyPath) IssueFor(string user, string group) => certificates.Issue(user, group);

    public override async Task RestartApiServerAsync(CancellationToken cancellationToken)
    {
        await apiServer.KillAsync();
        await StartApiServerAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        // Their data goes with them, so nobody waits for a clean end: it would take as long as the longest watch.
        while (servers.TryPop(out var server)) await server.KillAsync();
        if (apiServer is not null) await apiServer.KillAsync();
        http.Dispose();
        certificates.Dispose();
    }

    private string AccountsKeyPath => Path.Combine(folder, "service-accounts.key");

    private async Task StartEtcdAsync(CancellationToken cancellationToken)
    {
        var url = $"http://127.0.0.1:{ports[1]}";
        var peers = $"http://127.0.0.1:{ports[2]}";
        var etcd = Start("etcd", [$"--data-dir={Path.Combine(folder, "etcd")}", $"--listen-client-urls={url}", $"--advertise-client-urls={url}",
            $"--listen-peer-urls={peers}", $"--initial-advertise-peer-urls={peers}", $"--initial-cluster=default={peers}", "--unsafe-no-fsync",
                "--log-level=warn"]);
        servers.Push(etcd);
        await etcd.WaitUntilAsync(token => IsWellAsync(url + "/health", token), Patience, cancellationToken);
    }

    private async Task StartApiServerAsync(CancellationToken cancellationToken)
    {
        var (certificate, key) = certificates.Issue("kube-apiserver");
        if (!File.Exists(AccountsKeyPath))
        {
            using var rsa = RSA.Create(2048);
            await File.WriteAllTextAsync(AccountsKeyPath, rsa.ExportRSAPrivateKeyPem(), cancellationToken);
        }
        apiServer = Start("kube-apiserver", [
            $"--etcd-servers=http://127.0.0.1:{ports[1]}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={ports[0]}",
            $"--tls-cert-file={certificate}", $"--tls-private-key-file={key}", $"--client-ca-file={certificates.AuthorityPath}",
            $"--cert-dir={folder}", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--endpoint-reconciler-type=none",
            "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={AccountsKeyPath}",
            $"--service-account-signing-key-file={AccountsKeyPath}", "--allow-privileged=true", "--profiling=false"]);
        // Ready means that RBAC's own roles are there too.
        await apiServer.WaitUntilAsync(token => IsWellAsync(Address + "/readyz", token), Patience, cancellationToken);
    }

    private ServerProcess Start(string program, string[] arguments)
    {
        var path = binaries.Find(program)
            ?? throw new DevClusterException(
                $"{program} is neither in {binaries.Folder} nor on PATH; point KUBEBUILDER_ASSETS at a folder that has it");
        return ServerProcess.Start(program, Path.Combine(folder, program + ".log"), path, arguments);
    }

    private async Task<bool> IsWellAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(url), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
