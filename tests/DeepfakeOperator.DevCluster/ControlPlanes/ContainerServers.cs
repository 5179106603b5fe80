using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Models;
using Testcontainers.K3s;

namespace DeepfakeOperator.DevCluster.ControlPlanes;

/// <summary>
/// K3s in a container: the same control plane in one program. Its own node is closed to pods, so that they run as local processes here too.
/// </summary>
internal sealed class ContainerServers : Servers
{
    private const string Keys = "/var/lib/rancher/k3s/server/tls/client-ca";
    private readonly K3sContainer container;
    private readonly Certificates clients;

    private ContainerServers(K3sContainer container, KubernetesClientConfiguration configuration, Certificates clients)
    {
        (this.container, this.clients) = (container, clients);
        Address = configuration.Host.TrimEnd('/');
        AuthorityPem = string.Concat(configuration.SslCaCerts.Select(certificate => certificate.ExportCertificatePem() + "\n"));
    }

    public override string Address { get; }

    public override string AuthorityPem { get; }

    public static async Task<Servers> StartAsync(string image, string folder, CancellationToken cancellationToken)
    {
        // What a bare control plane has no use for; all of it would wait for a node for ever.
        var container = new K3sBuilder(image).WithCommand("--disable=coredns,servicelb,metrics-server,local-storage").Build();
        try
        {
            await container.StartAsync(cancellationToken);
            using var kubeconfig = new MemoryStream(Encoding.UTF8.GetBytes(await container.GetKubeconfigAsync()));
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);
            using var client = new Kubernetes(configuration);
            foreach (var node in (await client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).Items)
            {
                await client.CoreV1.PatchNodeAsync(new V1Patch(new { spec = new { unschedulable = true } }, V1Patch.PatchType.MergePatch),
                    node.Name(), cancellationToken: cancellationToken);
            }
            var (certificate, key) = (await container.ReadFileAsync(Keys + ".crt", cancellationToken),
                await container.ReadFileAsync(Keys + ".key", cancellationToken));
            var authority = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
            return new ContainerServers(container, configuration, new Certificates(folder, authority));
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public override (string CertificatePath, string KeyPath) IssueFor(string user, string group) => clients.Issue(user, group);

    public override Task RestartApiServerAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("K3s is one process in a container, whose port would change with a restart");

    public override async ValueTask DisposeAsync()
    {
        clients.Dispose();
        await container.DisposeAsync();
    }
}
