using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Demo;
using k8s;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>A platform team works off a backlog with three workers; machines die on the way; then it cleans up.</summary>
public sealed class BacklogStory(PlaygroundFixture fixture) : IClassFixture<PlaygroundFixture>
{
    private const int Items = 2400;
    private const string Name = "backlog";
    private const string SourceTopic = "backlog-media";
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backlog_survives_kill_9_of_operator_and_worker_and_leaves_nothing_behind()
    {
        var playground = fixture.Playground;
        Assert.SkipUnless(playground.Kafka.SupportsTransactions, "exactly-once needs a real Kafka; this is " + playground.Kafka.Reason);
        await playground.Kafka.CreateTopicAsync(SourceTopic, partitions: 6);
        await CorpusPublisher.PublishAsync(playground.Kafka.BootstrapServers, SourceTopic, await InlineItemsAsync(), Cancelled);
        await playground.ApplyAsync(Manifest(playground), Cancelled);

        await WaitForItemsAsync(playground, 200);
        await playground.KillAsync("app.kubernetes.io/name=deepfake-operator", Cancelled);
        await WaitForItemsAsync(playground, 800);
        await playground.KillAsync($"{ApiGroup.ScanJobLabel}={Name},{ApiGroup.SlotLabel}=1", Cancelled);

        Assert.Contains("condition met", await playground.KubectlAsync(
            ["wait", "--for=condition=Complete", "scanjob/" + Name, "-n", "moderation", "--timeout=300s"], Cancelled), StringComparison.Ordinal);
        await EveryItemHasOneOutcomeAsync(playground);
        await KubectlTellsTheStoryAsync(playground);
        await DeletionLeavesNothingAsync(playground);
    }

    private static async Task EveryItemHasOneOutcomeAsync(Playground playground)
    {
        var outcomes = await ResultReader.ReadAsync(playground.Kafka.BootstrapServers, "backlog-verdicts", "backlog-verdicts-dlq", Cancelled);
        Assert.Equal(Items, outcomes.Count);
        Assert.Equal(Items, outcomes.Select(outcome => outcome.Id).Distinct().Count());
        var status = (await playground.ScanJobs.GetAsync("moderation", Name, Cancelled)).Status!;
        Assert.Equal(Items, status.Items.Processed);
        // All are one and the same good picture: whoever was killed, none may be a dead letter, and all must have the same verdict.
        Assert.Equal(0, status.Items.Failed);
        var verdict = Assert.Single(outcomes.Select(outcome => outcome.Verdict?.Verdict).Distinct());
        Assert.Equal(Items, verdict switch
        {
            Verdict.Fake => status.Items.Fake,
            Verdict.Real => status.Items.Real,
            Verdict.Inconclusive => status.Items.Inconclusive,
            _ => 0,
        });
        Assert.Equal(status.Plan!.Shards, status.Shards.Succeeded);
    }

    private static async Task KubectlTellsTheStoryAsync(Playground playground)
    {
        var table = await playground.KubectlAsync(["get", "sj", Name, "-n", "moderation"], Cancelled);
        Assert.Contains("Succeeded", table, StringComparison.Ordinal);
        Assert.Contains("PHASE", table, StringComparison.Ordinal);
        var description = await playground.KubectlAsync(["describe", "sj", Name, "-n", "moderation"], Cancelled);
        Assert.Contains("Complete", description, StringComparison.Ordinal);
        Assert.Contains("Events:", description, StringComparison.Ordinal);
        Assert.DoesNotContain("Events:  <none>", description, StringComparison.Ordinal);
    }

    private static async Task DeletionLeavesNothingAsync(Playground playground)
    {
        var job = await playground.ScanJobs.GetAsync("moderation", Name, Cancelled);
        var topics = new InternalTopics("moderation", Name, job.Metadata.Uid);
        await playground.KubectlAsync(["delete", "sj", Name, "-n", "moderation", "--timeout=60s"], Cancelled);
        var jobs = await playground.Kubernetes.BatchV1.ListNamespacedJobAsync(
            "moderation", labelSelector: $"{ApiGroup.ScanJobLabel}={Name}", cancellationToken: Cancelled);
        Assert.Empty(jobs.Items);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = playground.Kafka.BootstrapServers }).Build();
        var left = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic)
            .Where(topic => topic.StartsWith(topics.Base, StringComparison.Ordinal));
        Assert.Empty(left);
        var groups = await admin.ListConsumerGroupsAsync(new ListConsumerGroupsOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        Assert.DoesNotContain(groups.Valid, group => group.GroupId == topics.Group);
    }

    private static async Task WaitForItemsAsync(Playground playground, long processed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        await playground.ScanJobs.WaitAsync("moderation", Name, job => job.Status?.Items.Processed >= processed, null, patience.Token);
    }

    private static async Task<IReadOnlyList<CorpusItem>> InlineItemsAsync()
    {
        // The corpus's own small inline image over and over: what counts here is records, not pictures.
        var corpus = await Corpus.LoadAsync(Repository.PathOf("samples", "corpus"), _ => { }, Cancelled);
        var image = corpus.First(item => item.ContentType is not null);
        return [.. Enumerable.Range(0, Items).Select(index => image with { Id = $"item-{index:00000}" })];
    }

    private static JsonObject Manifest(Playground playground)
    {
        var manifest = ScanJobManifest.Load(
            Repository.PathOf("samples", "scanjob.yaml"), playground.Kafka.BootstrapServers, Repository.PathOf("samples", "corpus"));
        manifest["metadata"]!["name"] = Name;
        var spec = manifest["spec"]!;
        spec["source"]!["kafka"]!["topics"] = new JsonArray(SourceTopic);
        spec["results"]!["kafka"] = new JsonObject { ["topic"] = "backlog-verdicts", ["deadLetterTopic"] = "backlog-verdicts-dlq" };
        spec["workers"]!["max"] = 3;
        spec["shard"] = new JsonObject { ["items"] = 50 };
        return manifest;
    }
}
