using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Api.Tests.Rules;
using k8s.Models;

namespace DeepfakeOperator.Api.Tests.Server;

/// <summary>status, scale and the columns of <c>kubectl get</c>, on objects that are kept.</summary>
public sealed class SubresourceTests(ApiServer server)
{
    private const string Merge = "application/merge-patch+json";
    private static readonly DateTimeOffset Time = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ScanJobStatus Status = new()
    {
        ObservedGeneration = 1,
        Phase = ScanJobPhase.Running,
        Conditions =
        [
            new V1Condition { Type = "Ready", Status = "True", Reason = "Running", Message = "all is well", LastTransitionTime = Time.UtcDateTime },
        ],
        Plan = new PlanStatus { Items = 900, Shards = 3, Partitions = 2, StartedAt = Time },
        Items = new ItemCounts { Processed = 10, Fake = 3, Real = 4, Inconclusive = 1, NotApplicable = 1, Failed = 1 },
        Shards = new ShardCounts { Pending = 1, Running = 1, Succeeded = 1, Quarantined = 0 },
        Workers = new WorkerCounts { Desired = 6, Ready = 5, Draining = 1 },
        Throughput = new ThroughputStatus { ItemsPerSecond = "412.5", EstimatedCompletionTime = Time.AddHours(1), Lag = 890 },
        TopFindings = [new Finding { Id = "a", Score = "0.991", Verdict = Verdict.Fake, Uri = "https://media.example.org/a.jpg" }],
        Replicas = 6,
        Selector = "deepfakeoperator.io/scanjob=kept",
        StartTime = Time,
        CompletionTime = Time.AddHours(2),
    };

    [Fact]
    public async Task A_status_comes_back_as_it_was_written_and_leaves_the_spec_alone()
    {
        var path = await CreateAsync(RuleCases.ScanJobs, "status");
        var written = JsonSerializer.SerializeToNode(Status, ApiJson.Options)!;
        var patch = new JsonObject { ["status"] = written.DeepClone(), ["spec"] = new JsonObject { ["suspend"] = true } };
        var answer = await PatchAsync(path + "/status?fieldValidation=Strict", patch);
        Assert.False((bool)answer.Body["spec"]!["suspend"]!);
        var read = answer.Body["status"].Deserialize<ScanJobStatus>(ApiJson.Options);
        Assert.True(JsonNode.DeepEquals(written, JsonSerializer.SerializeToNode(read, ApiJson.Options)));
        var ignored = await PatchAsync(path, new JsonObject { ["status"] = new JsonObject { ["phase"] = "Failed" } });
        Assert.Equal("Running", (string?)ignored.Body["status"]!["phase"]);
    }

    [Fact]
    public async Task A_scale_shows_the_status_and_sets_the_workers()
    {
        var path = await CreateAsync(RuleCases.ScanJobs, "scale");
        await PatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["workers"] = new JsonObject { ["max"] = 8 } } });
        await PatchAsync(path + "/status", new JsonObject { ["status"] = JsonSerializer.SerializeToNode(Status, ApiJson.Options) });
        var scale = await PatchAsync(path + "/scale", new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 7 } });
        Assert.Equal(7, (int)scale.Body["spec"]!["replicas"]!);
        Assert.Equal(6, (int)scale.Body["status"]!["replicas"]!);
        Assert.Equal(Status.Selector, (string?)scale.Body["status"]!["selector"]);
        var read = await server.SendAsync(HttpMethod.Get, path + "/scale");
        Assert.Equal(7, (int)read.Body["spec"]!["replicas"]!);
        var job = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal(7, job.Body["spec"].Deserialize<ScanJobSpec>(ApiJson.Options)!.Workers.Replicas);
    }

    [Fact]
    public async Task A_scale_above_max_is_refused()
    {
        await server.StartedAsync(withRules: true);
        var path = await CreateAsync(RuleCases.ScanJobs, "scale-too-far");
        var answer = await server.SendAsync(HttpMethod.Patch, path + "/scale", JsonNode.Parse("""{"spec":{"replicas":2}}"""), Merge);
        Assert.False(answer.Accepted);
        Assert.Contains("replicas must not be above max", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_columns_of_a_scan_show_its_status()
    {
        var path = await CreateAsync(RuleCases.ScanJobs, "columns");
        await PatchAsync(path + "/status", new JsonObject { ["status"] = JsonSerializer.SerializeToNode(Status, ApiJson.Options) });
        var row = await RowAsync(path);
        Assert.Equal(
            ["columns", "Running", "10", "900", "3", "1", "5", "6", "412.5", "Batch", "890", "2026-05-01T01:00:00+00:00", "all is well"],
            row.Where(cell => cell.Name != "Age").Select(cell => cell.Value));
    }

    [Theory]
    [InlineData("detectors")]
    [InlineData("clusterdetectors")]
    public async Task The_columns_of_a_detector_show_its_status(string plural)
    {
        var path = await CreateAsync(RuleCases.Kinds.Single(kind => kind.Crd.Plural == plural), "columns");
        await PatchAsync(path + "/status", new JsonObject
        {
            ["status"] = new JsonObject { ["conditions"] = JsonSerializer.SerializeToNode(Status.Conditions, ApiJson.Options), ["provider"] = "CPU" },
        });
        var row = await RowAsync(path);
        var cells = row.ToDictionary(cell => cell.Name, cell => cell.Value);
        Assert.Equal(
            ("True", "Image", "CPU", "Detector", "all is well"),
            (cells["Ready"], cells["Modality"], cells["Provider"], cells["Role"], cells["Message"]));
    }

    private async Task<string> CreateAsync(RuleCases cases, string name)
    {
        await server.StartedAsync();
        var manifest = MergePatch.Apply(cases.Base, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        var answer = await server.SendAsync(HttpMethod.Post, ApiServer.PathOf(cases.Crd), manifest);
        Assert.True(answer.Accepted, answer.ToString());
        return $"{ApiServer.PathOf(cases.Crd)}/{name}";
    }

    private async Task<Answer> PatchAsync(string path, JsonObject patch)
    {
        var answer = await server.SendAsync(HttpMethod.Patch, path, patch, Merge);
        Assert.True(answer.Accepted, answer.ToString());
        return answer;
    }

    private async Task<List<(string Name, string Value)>> RowAsync(string path)
    {
        var table = (await server.SendAsync(HttpMethod.Get, path, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")).Body;
        var cells = table["rows"]![0]!["cells"]!.AsArray();
        return [.. table["columnDefinitions"]!.AsArray().Zip(cells, (column, cell) => ((string)column!["name"]!, $"{cell}"))];
    }
}
