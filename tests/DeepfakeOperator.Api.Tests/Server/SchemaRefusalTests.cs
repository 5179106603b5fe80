using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Api.Tests.Rules;
using DeepfakeOperator.Api.Tests.Schemas;

namespace DeepfakeOperator.Api.Tests.Server;

/// <summary>What the schemas refuse without any rule, and that C# reads all that they take.</summary>
public sealed class SchemaRefusalTests(ApiServer server)
{
    [Theory]
    [InlineData("""{"spec":{"mode":"Forever"}}""", "spec.mode")]
    [InlineData("""{"spec":{"workers":{"max":10001}}}""", "spec.workers.max")]
    [InlineData("""{"spec":{"workers":{"accelerator":{"providers":["ROCm"]}}}}""", "spec.workers.accelerator.providers[0]")]
    [InlineData("""{"spec":{"verdict":{"fakeAtOrAbove":1.1}}}""", "spec.verdict.fakeAtOrAbove")]
    [InlineData("""{"spec":{"detectors":[]}}""", "spec.detectors")]
    [InlineData("""{"spec":{"detectors":[{"name":"a"},{"name":"a"}]}}""", "spec.detectors[1]")]
    [InlineData("""{"spec":{"source":{"kafka":{"bootstrapServers":"kafka"}}}}""", "spec.source.kafka.bootstrapServers")]
    [InlineData("""{"spec":{"source":{"kafka":{"topics":["a","a"]}}}}""", "spec.source.kafka.topics[1]")]
    [InlineData("""{"spec":{"source":{"media":{"maxBytes":0}}}}""", "spec.source.media.maxBytes")]
    [InlineData("""{"spec":{"source":{"media":{"maxBytes":"1e3"}}}}""", "spec.source.media.maxBytes")]
    [InlineData("""{"spec":{"source":{"media":{"fetchTimeout":"1e5s"}}}}""", "spec.source.media.fetchTimeout")]
    [InlineData("""{"spec":{"source":{"media":{"fetchTimeout":"-1s"}}}}""", "spec.source.media.fetchTimeout")]
    [InlineData("""{"spec":{"source":{"media":{"allowedHosts":["https://a"]}}}}""", "spec.source.media.allowedHosts[0]")]
    [InlineData("""{"spec":{"results":null}}""", "spec.results")]
    [InlineData("""{"metadata":{"name":"a123456789b123456789c123456789d123456789e123456789f123456789g123"}}""", "metadata.name")]
    public async Task A_scan_that_its_schema_does_not_allow_is_refused_at_the_field(string change, string field)
    {
        await server.StartedAsync();
        var answer = await server.TryAsync(Crd.ScanJobs, MergePatch.Apply(RuleCases.ScanJobs.Base, JsonNode.Parse(change)!.AsObject()));
        Assert.False(answer.Accepted);
        Assert.Contains(answer.Causes, cause => cause.Field == field);
    }

    [Theory]
    [InlineData("2026-05-01")]
    [InlineData("0000-05-01T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-05-01T24:00:00Z")]
    [InlineData("2026-05-01T00:00:00+23:00")]
    public async Task A_time_that_cannot_be_read_is_refused(string time)
    {
        await server.StartedAsync();
        var manifest = RuleCases.ScanJobs.Base.DeepClone().AsObject();
        manifest["spec"]!["source"]!["kafka"]!["start"] = new JsonObject { ["from"] = "Timestamp", ["timestamp"] = time };
        Assert.Contains((await server.TryAsync(Crd.ScanJobs, manifest)).Causes, cause => cause.Field == "spec.source.kafka.start.timestamp");
    }

    [Theory]
    [InlineData("""{"spec":{"modality":null}}""", "spec.modality")]
    [InlineData("""{"spec":{"modality":"Video"}}""", "spec.modality")]
    [InlineData("""{"spec":{"model":{"sha256":"ABC"}}}""", "spec.model.sha256")]
    [InlineData("""{"spec":{"model":{"uri":"http://a/b.onnx"}}}""", "spec.model.uri")]
    [InlineData("""{"spec":{"image":{"std":[0]}}}""", "spec.image.std[0]")]
    [InlineData("""{"spec":{"face":{}}}""", "spec.face.detector")]
    [InlineData("""{"spec":{"conformance":{"input":{"uri":"bundled:a"},"expected":[]}}}""", "spec.conformance.input.sha256")]
    public async Task A_detector_that_its_schema_does_not_allow_is_refused_at_the_field(string change, string field)
    {
        await server.StartedAsync();
        foreach (var cases in new[] { RuleCases.Detectors, RuleCases.ClusterDetectors })
        {
            var answer = await server.TryAsync(cases.Crd, MergePatch.Apply(cases.Base, JsonNode.Parse(change)!.AsObject()));
            Assert.False(answer.Accepted);
            Assert.Contains(answer.Causes, cause => cause.Field == field);
        }
    }

    [Fact]
    public async Task A_misspelt_field_is_refused_by_strict_validation()
    {
        await server.StartedAsync(withRules: true);
        var misspelt = JsonNode.Parse("""{"spec":{"suspended":true}}""")!.AsObject();
        var answer = await server.TryAsync(Crd.ScanJobs, MergePatch.Apply(RuleCases.ScanJobs.Base, misspelt));
        Assert.False(answer.Accepted);
        Assert.Contains("unknown field \"spec.suspended\"", answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"autoscaling":{"targetCompletion":null,"itemsPerWorkerPerSecond":null}}""")]
    [InlineData("""{"activeDeadlineSeconds":null,"pendingDeadlineSeconds":null,"ttlSecondsAfterFinished":null}""")]
    [InlineData("""{"source":{"media":{"maxBytes":"999999.999Ti","fetchTimeout":"99999.999h999999.999m99999.999s"}}}""")]
    [InlineData("""{"source":{"media":{"maxBytes":9223372036854775807}}}""")]
    [InlineData("""{"source":{"media":{"maxBytes":"999999999999999"}}}""")]
    [InlineData("""{"source":{"kafka":{"start":{"from":"Timestamp","timestamp":"2999-12-31T23:59:59.999999-14:00"}}}}""")]
    [InlineData("""{"workers":{"template":{"spec":{"nodeSelector":{"a":"b"},"tolerations":[]}}}}""")]
    public async Task What_the_server_takes_can_be_read(string change)
    {
        await server.StartedAsync();
        var manifest = RuleCases.ScanJobs.Base.DeepClone().AsObject();
        manifest["spec"] = MergeKeepingNull(manifest["spec"]!.AsObject(), JsonNode.Parse(change)!.AsObject());
        var answer = await server.TryAsync(Crd.ScanJobs, manifest);
        Assert.True(answer.Accepted, answer.ToString());
        Assert.NotNull(answer.Body["spec"].Deserialize<ScanJobSpec>(ApiJson.Options));
    }

    private static JsonObject MergeKeepingNull(JsonObject target, JsonObject patch)
    {
        var merged = target.DeepClone().AsObject();
        foreach (var (name, value) in patch)
            merged[name] = value is JsonObject map ? MergeKeepingNull(merged[name] as JsonObject ?? [], map) : value?.DeepClone();
        return merged;
    }
}
