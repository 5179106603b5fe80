using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>One test's namespace, with what a test does and asks for.</summary>
internal sealed class Scenario(TestCluster cluster, string @namespace, KafkaServer kafka)
{
    public string Namespace => @namespace;

    public string Topic { get; } = $"media-{@namespace}";

    public string Bootstrap => kafka.BootstrapServers;

    private KafkaView View => new(Bootstrap);

    public static async Task<Scenario> NewAsync(TestCluster cluster)
    {
        var @namespace = await cluster.NewNamespaceAsync();
        return new Scenario(cluster, @namespace, cluster.Kafka);
    }

    /// <summary>On a broker with passwords and access control; skips the test where there can be none.</summary>
    public static async Task<(Scenario Scenario, SecuredKafka Kafka)> NewSecuredAsync(TestCluster cluster)
    {
        var @namespace = await cluster.NewNamespaceAsync();
        var kafka = await cluster.SecuredKafkaAsync();
        return (new Scenario(cluster, @namespace, kafka), kafka);
    }

    public Task<RunningOperator> OperatorAsync(bool leaderElect = false, DelegatingHandler? handler = null) =>
        cluster.StartOperatorAsync(@namespace, leaderElect, handler);

    /// <summary>Fills the source topic with so many items.</summary>
    public async Task PublishAsync(int items, int partitions = 3)
    {
        await kafka.CreateTopicAsync(Topic, partitions);
        View.Publish(Topic, items, partitions, TestCluster.Cancellation);
    }

    public Task ApplyDetectorAsync(string version = "1", string name = "traces", Func<DetectorSpec, DetectorSpec>? change = null) =>
        ApplyAsync<Detector>(name, (change ?? (same => same))(SampleSpecs.Detector(version)));

    public Task<ScanJob> ApplyScanJobAsync(Func<ScanJobSpec, ScanJobSpec>? change = null, string name = "backlog") =>
        ApplyAsync<ScanJob>(name, (change ?? (same => same))(SampleSpecs.ScanJob(Bootstrap, Topic)));

    public async Task<ScanJob?> ScanJobAsync(string name = "backlog") =>
        await cluster.Client<ScanJob>().GetAsync(new ObjectKey(@namespace, name), TestCluster.Cancellation);

    public async Task<Detector?> DetectorAsync(string name = "traces") =>
        await cluster.Client<Detector>().GetAsync(new ObjectKey(@namespace, name), TestCluster.Cancellation);

    /// <summary>Waits until the job's status is so; says what it was when it never is.</summary>
    public async Task<ScanJob> UntilAsync(Func<ScanJob, bool> condition, string what, TimeSpan? within = null)
    {
        ScanJob? job = null;
        await Eventually.TrueAsync(
            async () => (job = await ScanJobAsync()) is not null && condition(job),
            () => $"{what}; the job is {job?.Status?.Phase}: {string.Join("; ", job?.Status?.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? [])}",
            within);
        return job!;
    }

    public Task<ScanJob> UntilPhaseAsync(ScanJobPhase phase) => UntilAsync(job => job.Status?.Phase == phase, $"phase {phase}");

    public async Task<V1Condition> UntilStalledAsync(string reason)
    {
        var job = await UntilAsync(job => Conditions.Find(job.Status?.Conditions, "Stalled") is { Status: "True" } stalled && stalled.Reason == reason, $"Stalled with {reason}");
        return Conditions.Find(job.Status!.Conditions, "Stalled")!;
    }

    /// <summary>Waits for a Stalled condition whose message says so; gives the message.</summary>
    public async Task<string> UntilStalledAsync(string reason, string part)
    {
        var job = await UntilAsync(
            job => Conditions.Find(job.Status?.Conditions, "Stalled") is { Status: "True" } stalled && stalled.Reason == reason
                && stalled.Message.Contains(part, StringComparison.Ordinal),
            $"Stalled with {reason} and '{part}'");
        return Conditions.Find(job.Status!.Conditions, "Stalled")!.Message;
    }

    /// <summary>Neither Kubernetes nor Kafka remembers the job.</summary>
    public async Task AssertNothingIsLeftAsync(ScanJob job)
    {
        Assert.Empty(await WorkerJobsAsync());
        Assert.DoesNotContain(TopicNames(), topic => topic.StartsWith(TopicsOf(job).Base, StringComparison.Ordinal));
        Assert.DoesNotContain(TopicsOf(job).Group, await GroupNamesAsync());
        await Eventually.TrueAsync(
            async () =>
            {
                var maps = await cluster.Kubernetes.CoreV1.ListNamespacedConfigMapAsync(
                    @namespace, labelSelector: ApiGroup.ScanJobLabel, cancellationToken: TestCluster.Cancellation);
                return maps.Items.Count == 0;
            },
            () => "the worker's configuration is collected");
    }

    public InternalTopics TopicsOf(ScanJob job) => new(@namespace, job.Metadata.Name, job.Metadata.Uid);

    public ScriptedWorker Worker(ScanJob job, int slot = 0, TimeSpan perShard = default) => new(Bootstrap, TopicsOf(job), slot, perShard);

    public Task DeleteScanJobAsync(string name = "backlog") =>
        cluster.Client<ScanJob>().DeleteAsync(new ObjectKey(@namespace, name), null, "Background", TestCluster.Cancellation);

    public async Task<IReadOnlyList<V1Job>> WorkerJobsAsync() =>
        [.. (await cluster.Kubernetes.BatchV1.ListNamespacedJobAsync(@namespace, labelSelector: ApiGroup.ScanJobLabel, cancellationToken: TestCluster.Cancellation)).Items];

    /// <summary>What the job's workers are told.</summary>
    public async Task<string> WorkerConfigurationAsync(string name = "backlog")
    {
        var map = await cluster.Kubernetes.CoreV1.ReadNamespacedConfigMapAsync(Names.Configuration(name), @namespace, cancellationToken: TestCluster.Cancellation);
        return map.Data[ScanConfiguration.FileName];
    }

    public async Task<string> EventsAsync()
    {
        var events = await cluster.Kubernetes.CoreV1.ListNamespacedEventAsync(@namespace, cancellationToken: TestCluster.Cancellation);
        return string.Join("\n", events.Items.Select(entry => $"{entry.Type} {entry.Reason}: {entry.Message}"));
    }

    public IReadOnlyList<string> TopicNames() => View.TopicNames();

    public Task<IReadOnlyList<string>> GroupNamesAsync() => View.GroupNamesAsync();

    /// <summary>Every shard that stands committed in the shards topic.</summary>
    public IReadOnlyList<ShardRecord> DealtShards(ScanJob job) => [.. DealtShardsByPartition(job).Select(dealt => dealt.Shard)];

    /// <summary>The same, each with its partition of the shards topic.</summary>
    public IReadOnlyList<(int Partition, ShardRecord Shard)> DealtShardsByPartition(ScanJob job) =>
        View.DealtShards(TopicsOf(job), TestCluster.Cancellation);

    public Task CreateSecretAsync(string name, Dictionary<string, string> data) => cluster.Client<V1Secret>().ApplyAsync(
        new ObjectKey(@namespace, name),
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            // Not stringData: server-side apply forgets to take a key away that was written by it.
            ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))))),
        },
        TestCluster.Cancellation);

    private Task<T> ApplyAsync<T>(string name, object spec)
        where T : class, IKubernetesObject<V1ObjectMeta> => cluster.Client<T>().ApplyAsync(
        new ObjectKey(@namespace, name),
        new JsonObject
        {
            ["apiVersion"] = ApiGroup.ApiVersion,
            ["kind"] = ResourceClient<T>.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["spec"] = JsonSerializer.SerializeToNode(spec, ApiJson.Options),
        },
        TestCluster.Cancellation);
}
