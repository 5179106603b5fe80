using System.Net.Sockets;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Kafka;
using k8s;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>Where the servers come from, in which order, and what is said about it.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("routes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task KUBEBUILDER_ASSETS_comes_first_and_a_wrong_one_is_no_reason_to_look_elsewhere()
    {
        Program("assets/kube-apiserver");
        Program("data/kubebuilder-envtest/k8s/1.34.0-linux-amd64/kube-apiserver");
        var found = await LocateAsync(("KUBEBUILDER_ASSETS", At("assets")), ("XDG_DATA_HOME", At("data")));
        Assert.Equal(At("assets"), found.Folder);
        Assert.Contains("as KUBEBUILDER_ASSETS says", found.Reason, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<DevClusterException>(() =>
            LocateAsync(("KUBEBUILDER_ASSETS", At("nothing")), ("XDG_DATA_HOME", At("data"))));
        Assert.Contains("correct it or unset it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Then_the_newest_that_setup_envtest_downloaded()
    {
        Program("data/kubebuilder-envtest/k8s/1.9.0-linux-amd64/kube-apiserver");
        Program("data/kubebuilder-envtest/k8s/1.34.1-linux-amd64/kube-apiserver");
        Directory.CreateDirectory(At("data/kubebuilder-envtest/k8s/1.35.0-linux-amd64"));
        var found = await LocateAsync(("XDG_DATA_HOME", At("data")));
        Assert.Equal(At("data/kubebuilder-envtest/k8s/1.34.1-linux-amd64"), found.Folder);
        Assert.Contains("KUBEBUILDER_ASSETS is not set", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Then_Docker_where_an_engine_answers()
    {
        await using var engine = new FakeEngine(At("docker.sock"));
        var found = await LocateAsync(("DOCKER_HOST", "unix://" + At("docker.sock")));
        Assert.StartsWith("rancher/k3s:", found.Image, StringComparison.Ordinal);
        Assert.Contains("in Docker", found.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix://<folder>/docker.sock", "no Docker engine is here (<folder>/docker.sock is missing)")]
    [InlineData("tcp://127.0.0.1:9", "no Docker engine answers at tcp://127.0.0.1:9")]
    public async Task Then_what_was_built_from_Debian_and_the_line_says_why_not_Docker(string host, string why)
    {
        Program("cache/deepfake-operator/kubernetes-debian/kube-apiserver");
        var found = await LocateAsync(("XDG_CACHE_HOME", At("cache")), ("DOCKER_HOST", host.Replace("<folder>", _folder, StringComparison.Ordinal)));
        Assert.Equal(At("cache/deepfake-operator/kubernetes-debian"), found.Folder);
        Assert.Null(found.Image);
        Assert.EndsWith(why.Replace("<folder>", _folder, StringComparison.Ordinal), found.Reason, StringComparison.Ordinal);
    }

    // Kubernetes 1.20 knows neither CEL in CRDs nor podFailurePolicy.
    [Fact]
    public async Task The_Debian_build_serves_our_resources_without_their_rules()
    {
        var home = Environment.GetEnvironmentVariable("HOME") ?? "/";
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set : Path.Combine(home, ".cache");
        var built = Path.Combine(cache, "deepfake-operator", "kubernetes-debian");
        Assert.SkipUnless(File.Exists(Path.Combine(built, "kube-apiserver")),
            "Debian's Kubernetes has not been built here; the demo does it where it finds no other");
        await using var old = await ControlPlane.StartAsync(new ControlPlaneOptions { WithControllers = false },
            await LocateAsync(("XDG_CACHE_HOME", cache)), TestCluster.Cancellation);
        Assert.Equal("v1.20.2", old.Version);
        var applier = new ManifestApplier(old.Client);
        foreach (var crd in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crds"), "*.yaml"))
            await applier.ApplyFileAsync(crd, TestCluster.Cancellation);
        var crds = await old.Client.ApiextensionsV1.ListCustomResourceDefinitionAsync(cancellationToken: TestCluster.Cancellation);
        Assert.Equal(["clusterdetectors", "detectors", "scanjobs"], crds.Items.Select(crd => crd.Spec.Names.Plural).Order());
        Assert.All(crds.Items, crd => Assert.DoesNotContain(crd.Status.Conditions, one => one is { Type: "NonStructuralSchema", Status: "True" }));
        // Built with a Go that its libraries do not know, the server would crash when it reads the first one back.
        await applier.ApplyAsync(ManifestApplier.Parse("""
            apiVersion: deepfakeoperator.io/v1alpha1
            kind: ScanJob
            metadata: {name: backlog, namespace: default, labels: {team: moderation}}
            spec:
              source: {kafka: {bootstrapServers: "kafka:9092", topics: [media]}}
              detectors: [{name: upsampling-trace}]
              workers: {max: 2}
              results: {kafka: {topic: verdicts}}
            """)[0], TestCluster.Cancellation);
        var job = (System.Text.Json.JsonElement)await old.Client.CustomObjects.GetNamespacedCustomObjectAsync(
            "deepfakeoperator.io", "v1alpha1", "default", "scanjobs", "backlog", TestCluster.Cancellation);
        Assert.Equal("moderation", job.GetProperty("metadata").GetProperty("labels").GetProperty("team").GetString());
        Assert.Equal("v1.20.2", (await old.Client.Version.GetCodeAsync(TestCluster.Cancellation)).GitVersion);
    }

    [Fact]
    public async Task Kafka_is_yours_where_KAFKA_BOOTSTRAP_says_so_and_a_wrong_KAFKA_HOME_is_named()
    {
        await using var yours = await KafkaServer.StartAsync(Variables(("KAFKA_BOOTSTRAP", "kafka.example:9092"), ("KAFKA_HOME", At("nothing"))),
            TestCluster.Cancellation);
        Assert.Equal(("kafka.example:9092", "external"), (yours.BootstrapServers, yours.Kind));
        var error = await Assert.ThrowsAsync<DevClusterException>(() =>
            KafkaServer.StartAsync(Variables(("KAFKA_HOME", At("nothing"))), TestCluster.Cancellation));
        Assert.Contains("correct it or unset it", error.Message, StringComparison.Ordinal);
    }

    private static Task<KubernetesBinaries> LocateAsync(params (string Name, string Value)[] variables) =>
        KubernetesBinaries.LocateAsync(Variables(variables), _ => { }, TestCluster.Cancellation);

    private static Dictionary<string, string?> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, string? (variable) => variable.Value);

    private string At(string path) => Path.Combine(_folder, path);

    private void Program(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), "");
    }

    /// <summary>Answers every request as Docker's engine answers a ping.</summary>
    private sealed class FakeEngine : IAsyncDisposable
    {
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly Task _serving;

        public FakeEngine(string path)
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen();
            _serving = ServeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptAsync(CancellationToken.None);
                    await client.ReceiveAsync(new byte[4096], CancellationToken.None);
                    await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"u8.ToArray(), CancellationToken.None);
                }
            }
            catch (SocketException)
            {
                // Disposed.
            }
        }
    }
}
