using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.ControlPlanes;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.Operator.Runtime;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>A real API server with controllers, a real Kafka and a pretended kubelet; one namespace with one detector.</summary>
internal sealed class TrialCluster : IAsyncDisposable
{
    /// <summary>Where everything is made.</summary>
    public const string Namespace = "trial";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ControlPlane _controlPlane;
    private readonly KafkaServer _kafka;
    private readonly FakeKubelet _kubelet;

    private TrialCluster(ControlPlane controlPlane, KafkaServer kafka)
    {
        (_controlPlane, _kafka) = (controlPlane, kafka);
        Api = new KubernetesApi(Kubernetes);
        Kafka = new KafkaView(kafka.BootstrapServers);
        _kubelet = new FakeKubelet(Api);
    }

    public Kubernetes Kubernetes => (Kubernetes)_controlPlane.Client;

    public KubernetesApi Api { get; }

    public KafkaView Kafka { get; }

    public string Bootstrap => _kafka.BootstrapServers;

    /// <exception cref="TrialException">There is no Kafka with transactions.</exception>
    public static async Task<TrialCluster> StartAsync(Action<string> say, CancellationToken cancellation)
    {
        var binaries = await KubernetesBinaries.LocateAsync(ServerEnvironment.Current, _ => { }, cancellation);
        var kafka = await KafkaServer.StartAsync(ServerEnvironment.Current, cancellation);
        say(kafka.Reason);
        if (!kafka.SupportsTransactions)
        {
            await kafka.DisposeAsync();
            throw new TrialException("the operator deals in transactions, which need a real Kafka; set KAFKA_HOME to a distribution");
        }
        var controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions(), binaries, cancellation);
        say(controlPlane.Description);
        var cluster = new TrialCluster(controlPlane, kafka);
        try
        {
            await cluster.PrepareAsync(cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task CreateTopicAsync(string topic, int partitions) => _kafka.CreateTopicAsync(topic, partitions);

    /// <summary>Starts the operator and waits until it serves.</summary>
    public async Task<OperatorProcess> StartOperatorAsync(CancellationToken cancellation)
    {
        var started = OperatorProcess.Start(_controlPlane.KubeconfigPath, Namespace);
        using var http = new HttpClient { BaseAddress = started.Address };
        await UntilAsync(
            async () =>
            {
                if (started.HasExited) throw new TrialException($"the operator ended by itself: {started.LogTail}");
                try
                {
                    using var answer = await http.GetAsync(new Uri("readyz", UriKind.Relative), cancellation);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            () => $"the operator is ready; its log ends with {started.LogTail}",
            TimeSpan.FromSeconds(60),
            cancellation);
        return started;
    }

    public Task RestartApiServerAsync(CancellationToken cancellation) => _controlPlane.RestartApiServerAsync(cancellation);

    public Task<ScanJob> ApplyScanJobAsync(string name, ScanJobSpec spec, CancellationToken cancellation) =>
        ApplyAsync<ScanJob>(name, spec, cancellation);

    public Task<ScanJob?> ScanJobAsync(string name, CancellationToken cancellation) =>
        RepeatAsync(() => new ResourceClient<ScanJob>(Api).GetAsync(new ObjectKey(Namespace, name), cancellation), cancellation);

    public Task DeleteScanJobAsync(string name, CancellationToken cancellation) => RepeatAsync(
        async () =>
        {
            await new ResourceClient<ScanJob>(Api).DeleteAsync(new ObjectKey(Namespace, name), null, "Background", cancellation);
            return true;
        },
        cancellation);

    /// <summary>Names of the namespace's objects of a kind that carry a label.</summary>
    public Task<IReadOnlyList<string>> NamesAsync(string resource, string label, CancellationToken cancellation) =>
        RepeatAsync<IReadOnlyList<string>>(
            async () =>
            {
                var root = resource switch { "jobs" => "apis/batch/v1", "scanjobs" => $"apis/{ApiGroup.ApiVersion}", _ => "api/v1" };
                var list = await Api.GetAsync($"{root}/namespaces/{Namespace}/{resource}?labelSelector={Uri.EscapeDataString(label)}", cancellation);
                return [.. list["items"]!.AsArray().Select(item => $"{resource}/{(string)item!["metadata"]!["name"]!}")];
            },
            cancellation);

    /// <summary>Polls until it holds.</summary>
    /// <exception cref="TrialException">It did not in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan within, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > within) throw new TrialException($"not within {within.TotalSeconds} s: {what()}");
            await Task.Delay(Pause, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _kubelet.DisposeAsync();
        await _kafka.DisposeAsync();
        await _controlPlane.DisposeAsync();
    }

    /// <summary>Repeats what an API server that is just starting refuses; everything asked for here may be repeated.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        for (var left = 300; ; left--)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (
                left > 0 && error is HttpRequestException or IOException or ApiException { Status: >= HttpStatusCode.TooManyRequests })
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private Task<T> ApplyAsync<T>(string name, object spec, CancellationToken cancellation)
        where T : class, IKubernetesObject<V1ObjectMeta> => RepeatAsync(
        () => new ResourceClient<T>(Api).ApplyAsync(
            new ObjectKey(Namespace, name),
            new JsonObject
            {
                ["apiVersion"] = ApiGroup.ApiVersion,
                ["kind"] = ResourceClient<T>.Kind,
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Namespace },
                ["spec"] = JsonSerializer.SerializeToNode(spec, ApiJson.Options),
            },
            cancellation),
        cancellation);

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var applier = new ManifestApplier(Kubernetes);
        var crds = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "crds"), "*.yaml");
        foreach (var crd in crds) await applier.ApplyFileAsync(crd, cancellation);
        await Kubernetes.CoreV1.CreateNamespaceAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } }, cancellationToken: cancellation);
        await ApplyAsync<Detector>(SampleSpecs.DetectorName, SampleSpecs.Detector(), cancellation);
    }
}
