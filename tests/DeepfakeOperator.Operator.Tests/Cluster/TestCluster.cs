using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.Tests.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(TestCluster))]

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>
/// A real API server with controllers, a real Kafka and a pretended kubelet, shared by all tests; each test has a namespace of its own.
/// </summary>
public sealed class TestCluster : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1);
    private ControlPlane? _controlPlane;
    private KafkaServer? _kafka;
    private SecuredKafka? _securedKafka;
    private FakeKubelet? _kubelet;
    private ILoggerFactory? _logs;
    private int _namespaces;

    internal KafkaServer Kafka => _kafka!;

    internal Kubernetes Kubernetes => (Kubernetes)_controlPlane!.Client;

    internal KubernetesApi Api => new(Kubernetes);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts the servers with the first test that needs them; skips it where they cannot be had.</summary>
    internal async Task<string> NewNamespaceAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_controlPlane is null) await StartAsync(cancellation);
        }
        finally
        {
            _starting.Release();
        }
        if (!Kafka.SupportsTransactions) Assert.Skip($"needs a real Kafka: {Kafka.Reason}");
        var name = $"t{Interlocked.Increment(ref _namespaces)}";
        await Kubernetes.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } },
            cancellationToken: cancellation);
        return name;
    }

    /// <summary>Started with the first test that needs it.</summary>
    internal async Task<SecuredKafka> SecuredKafkaAsync()
    {
        await _starting.WaitAsync(Cancellation);
        try
        {
            _securedKafka ??= await Cluster.SecuredKafka.StartAsync(Cancellation);
        }
        finally
        {
            _starting.Release();
        }
        if (_securedKafka is null) Assert.Skip("needs a Kafka distribution to start with access control: KAFKA_HOME is not set");
        return _securedKafka;
    }

    internal string? KubectlPath => _controlPlane!.KubectlPath;

    internal string KubeconfigPath => _controlPlane!.KubeconfigPath;

    /// <param name="namespace">What it serves.</param>
    /// <param name="leaderElect">Whether it asks for the lease.</param>
    /// <param name="handler">Sees its requests on their way to the API server.</param>
    internal async Task<RunningOperator> StartOperatorAsync(string @namespace, bool leaderElect = false, DelegatingHandler? handler = null)
    {
        var kubernetes = handler is null ? Kubernetes : Through(handler);
        var running = new RunningOperator(kubernetes, @namespace, leaderElect, _logs!);
        await running.SyncedAsync();
        return running;
    }

    /// <summary>A client whose requests pass the handler.</summary>
    internal Kubernetes Through(DelegatingHandler handler) => new(_controlPlane!.Configuration, handler);

    internal ResourceClient<T> Client<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(Api);

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_kubelet is not null) await _kubelet.DisposeAsync();
        if (_securedKafka is not null) await _securedKafka.DisposeAsync();
        if (_kafka is not null) await _kafka.DisposeAsync();
        if (_controlPlane is not null) await _controlPlane.DisposeAsync();
        _logs?.Dispose();
        _starting.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        _logs = LoggerFactory.Create(logging => logging.AddProvider(new FileLoggerProvider(Path.Combine(AppContext.BaseDirectory, "operator.log"))));
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, _ => { }, cancellation);
        var kafka = KafkaServer.StartAsync(ServerEnvironment.Current, cancellation);
        _controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions(), binaries, cancellation);
        _kafka = await kafka;
        var applier = new ManifestApplier(_controlPlane.Client);
        foreach (var crd in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crds"), "*.yaml")) await applier.ApplyFileAsync(crd,
            cancellation);
        // A CRD is served a moment before it can be stored: "storage is (re)initializing".
        foreach (var resource in (string[])["scanjobs", "detectors", "clusterdetectors"]) await Eventually.TrueAsync(() =>
            IsServedAsync(resource), () => $"{resource} are served");
        _kubelet = new FakeKubelet(Api);
    }

    private async Task<bool> IsServedAsync(string resource)
    {
        try
        {
            await Api.GetAsync($"apis/deepfakeoperator.io/v1alpha1/{resource}", Cancellation);
            return true;
        }
        catch (ApiException)
        {
            return false;
        }
    }
}
