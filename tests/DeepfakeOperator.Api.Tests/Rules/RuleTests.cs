using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Api.Tests.Schemas;
using DeepfakeOperator.Api.Tests.Server;
using DeepfakeOperator.Api.Validation;

namespace DeepfakeOperator.Api.Tests.Rules;

/// <summary>Every CEL rule against the API server, and the operator's own validation against both.</summary>
public sealed class RuleTests(ApiServer server)
{
    private static readonly HashSet<string> RuleReasons = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired"];

    public static TheoryData<string> Kinds => [.. RuleCases.Kinds.Select(cases => cases.Crd.Plural)];

    public static IEnumerable<TheoryDataRow<string, int>> Cases => RuleCases.Kinds.SelectMany(cases =>
        cases.All.Select((each, index) => new TheoryDataRow<string, int>(cases.Crd.Plural, index)
        {
            TestDisplayName = $"{cases.Crd.Plural} {each.At}: {each.Rule} [{index}]",
        }));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_rule_has_a_case_that_breaks_it(string kind)
    {
        var cases = Of(kind);
        var rules = SchemaNode.Walk(cases.Crd.Schema)
            .SelectMany(node => node.Rules.Select(rule => (node.Path, (string)rule["message"]!))).ToList();
        var broken = cases.All.Where(each => each.Refused is not null).Select(each => (each.At, each.Rule)).Distinct();
        Assert.Equal(rules.Distinct().Order(), broken.Order());
        Assert.Equal(rules.Count, rules.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_API_server_and_the_operator_give_the_same_verdict(string kind, int index)
    {
        var (crd, each) = (Of(kind).Crd, Of(kind).All[index]);
        Assert.Empty(Verdict(crd, each.Accepted));
        if (each.Before is null) Assert.Equal([$"{each.Field}: {each.Rule}"], Verdict(crd, each.Refused!));
        await server.StartedAsync(withRules: true);
        if (each.Before is null)
        {
            var accepted = await server.TryAsync(crd, each.Accepted);
            Assert.True(accepted.Accepted, accepted.ToString());
            Assert.Empty(Verdict(crd, accepted.Body));
            ExpectRefusal(crd, each, await server.TryAsync(crd, each.Refused!));
        }
        else
        {
            var path = await CreateAsync(crd, each.Before, $"change-{index}");
            var accepted = await UpdateAsync(path, each.Accepted);
            Assert.True(accepted.Accepted, accepted.ToString());
            if (each.Refused is not null) ExpectRefusal(crd, each, await UpdateAsync(path, each.Refused));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task They_agree_on_any_mixture_of_the_cases(string kind)
    {
        await server.StartedAsync(withRules: true);
        var cases = Of(kind);
        var parts = cases.All.Where(each => each.Before is null).SelectMany(each => new[] { each.Accepted, each.Refused! }).ToArray();
        await Gen.Int[0, parts.Length - 1].Array[2, 4].SampleAsync(
            async chosen =>
            {
                var manifest = chosen.Aggregate(cases.Base, (merged, part) => MergePatch.Apply(merged, parts[part]));
                var answer = await server.TryAsync(cases.Crd, manifest);
                // A schema's own refusal (a list entry of the same name twice) leaves the rules unasked.
                if (answer.Causes.Any(cause => !RuleReasons.Contains(cause.Reason))) return;
                Assert.Equal(
                    answer.Causes.Select(cause => $"{cause.Field}: {MessageOf(cause.Message)}").Order(StringComparer.Ordinal),
                    Verdict(cases.Crd, manifest).Order(StringComparer.Ordinal));
            },
            iter: 100, threads: 1);
    }

    [Theory]
    [InlineData("client.rack\n", false)]
    [InlineData("ſasl", false)]
    [InlineData("client.rack", true)]
    public async Task They_agree_on_odd_names_of_settings(string name, bool taken)
    {
        var manifest = RuleCases.ScanJobs.Base.DeepClone().AsObject();
        manifest["spec"]!["source"]!["kafka"]!["properties"] = new JsonObject { [name] = "a" };
        Assert.Equal(taken, Verdict(Crd.ScanJobs, manifest).Count == 0);
        await server.StartedAsync(withRules: true);
        Assert.Equal(taken, (await server.TryAsync(Crd.ScanJobs, manifest)).Accepted);
    }

    private static IReadOnlyList<string> Verdict(Crd crd, JsonObject manifest) => crd == Crd.ScanJobs
        ? SpecValidation.Check(manifest["spec"].Deserialize<ScanJobSpec>(ApiJson.Options)!)
        : SpecValidation.Check(manifest["spec"].Deserialize<DetectorSpec>(ApiJson.Options)!);

    private static void ExpectRefusal(Crd crd, RuleCase each, Answer answer)
    {
        Assert.False(answer.Accepted);
        var rule = SchemaNode.Walk(crd.Schema).Single(node => node.Path == each.At).Rules.Single(rule => (string?)rule["message"] == each.Rule);
        var cause = Assert.Single(answer.Causes);
        Assert.Equal((each.Field, (string?)rule["reason"] ?? "FieldValueInvalid", each.Rule), (cause.Field, cause.Reason, MessageOf(cause.Message)));
    }

    /// <summary>A cause is written as "Invalid value: VALUE: message" or "Forbidden: message".</summary>
    private static string MessageOf(string cause) =>
        Crd.All.SelectMany(crd => SchemaNode.Walk(crd.Schema)).SelectMany(node => node.Rules).Select(rule => (string)rule["message"]!)
            .FirstOrDefault(message => cause.EndsWith(": " + message, StringComparison.Ordinal)) ?? cause;

    private async Task<string> CreateAsync(Crd crd, JsonObject manifest, string name)
    {
        var named = MergePatch.Apply(manifest, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        var created = await server.SendAsync(HttpMethod.Post, ApiServer.PathOf(crd), named);
        Assert.True(created.Accepted, created.ToString());
        var path = $"{ApiServer.PathOf(crd)}/{name}";
        if (manifest["status"] is not { } status) return path;
        var patch = new JsonObject { ["status"] = status.DeepClone() };
        var patched = await server.SendAsync(HttpMethod.Patch, path + "/status", patch, "application/merge-patch+json");
        Assert.True(patched.Accepted, patched.ToString());
        return path;
    }

    private Task<Answer> UpdateAsync(string path, JsonObject manifest) => server.SendAsync(
        HttpMethod.Patch, path + "?dryRun=All", new JsonObject { ["spec"] = manifest["spec"]!.DeepClone() }, "application/merge-patch+json");

    private static RuleCases Of(string kind) => RuleCases.Kinds.Single(cases => cases.Crd.Plural == kind);
}
