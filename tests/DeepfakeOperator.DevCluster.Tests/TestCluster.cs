using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.NodeAgents;
using DeepfakeOperator.DevCluster.Tests;
using k8s;
using k8s.Models;

[assembly: AssemblyFixture(typeof(TestCluster))]

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>One control plane and one node for all tests; each test has a namespace of its own.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private int _namespaces;

    public ControlPlane ControlPlane { get; private set; } = null!;

    public NodeAgent Agent { get; private set; } = null!;

    public IKubernetes Kubernetes => ControlPlane.Client;

    /// <summary>Images: a shell, and an HTTP server that takes a port and a file.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Images { get; } = new()
    {
        ["shell"] = ["sh", "-c"],
        ["server"] = ["dotnet", HelperPath, "serve"],
    };

    public static string HelperPath => Path.Combine(AppContext.BaseDirectory, "DeepfakeOperator.DevCluster.Helper.dll");

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, Console.WriteLine, CancellationToken.None);
        ControlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions(), binaries, CancellationToken.None);
        Agent = await NodeAgent.StartAsync(
            ControlPlane, new NodeAgentOptions { Gpus = 2, Images = Images, RefreshPeriod = TimeSpan.FromMilliseconds(500) }, Console.WriteLine,
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null) await Agent.DisposeAsync();
        if (ControlPlane is not null) await ControlPlane.DisposeAsync();
    }

    internal async Task<PodScene> NewSceneAsync()
    {
        var name = $"t{Interlocked.Increment(ref _namespaces)}";
        await Kubernetes.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } },
            cancellationToken: Cancellation);
        var scene = new PodScene(ControlPlane, name);
        // Pods are refused until the controllers have made the namespace's account.
        await Eventually.TrueAsync(async () =>
            (await Kubernetes.CoreV1.ListNamespacedServiceAccountAsync(name, cancellationToken: Cancellation)).Items.Count > 0,
            () => $"namespace {name} has no ServiceAccount");
        return scene;
    }
}
