using System.Text.Json.Nodes;

namespace DeepfakeOperator.Api.Tests.Schemas;

public sealed class SchemaTests
{
    public static TheoryData<string> Files => [.. Crd.All.Select(crd => crd.Plural)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_schema_and_the_types_agree_field_by_field(string file)
    {
        var crd = Of(file);
        Assert.Empty(SchemaComparison.Differences(crd.Schema, crd.Type));
    }

    [Theory]
    [InlineData("spec.shard.properties.size", """{"type":"integer","format":"int32","default":1}""", "spec.shard.size: only in the schema")]
    [InlineData("spec.backoffLimit", null, "spec.backoffLimit: only in C#")]
    [InlineData("spec.backoffLimit.default", "7", "spec.backoffLimit: default 7 in the schema, 6 in C#")]
    [InlineData("spec.backoffLimit.format", "\"int64\"", "spec.backoffLimit: format is \"int64\", C# says \"int32\"")]
    [InlineData("spec.ttlSecondsAfterFinished.default", "1", "spec.ttlSecondsAfterFinished: has a default in the schema, may be null in C#")]
    [InlineData("spec.suspend.nullable", "true", "spec.suspend: may be null in the schema, not in C#")]
    [InlineData("spec.suspend.default", null, "spec.suspend: no default in the schema, not null in C#")]
    [InlineData("spec.mode.enum", """["Batch"]""", "spec.mode: enum is [\"Batch\"], C# says [\"Batch\",\"Stream\"]")]
    [InlineData("spec.workers.default", """{"min":1,"max":1}""", "spec.workers: its own default differs from its fields' defaults")]
    [InlineData("spec.detectors.items.properties.weight.default", "2", "spec.detectors[*].weight: default 2 in the schema, 1 in C#")]
    [InlineData("status.items.properties.fake", null, "status.items.fake: only in C#")]
    public void A_change_on_one_side_only_is_found(string place, string? value, string difference)
    {
        var schema = Crd.ScanJobs.Schema.DeepClone().AsObject();
        var steps = place.Replace("spec.", "properties.spec.properties.", StringComparison.Ordinal)
            .Replace("status.", "properties.status.properties.", StringComparison.Ordinal).Split('.');
        var parent = steps[..^1].Aggregate(schema, (node, step) => node[step]!.AsObject());
        if (value is null) Assert.True(parent.Remove(steps[^1]));
        else parent[steps[^1]] = JsonNode.Parse(value);
        Assert.Contains(difference, SchemaComparison.Differences(schema, Crd.ScanJobs.Type));
    }

    [Fact]
    public void Detectors_and_cluster_detectors_have_one_schema() =>
        Assert.True(JsonNode.DeepEquals(Crd.Detectors.Version, Crd.ClusterDetectors.Version));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_field_has_a_description(string file) => Assert.Empty(
        Below(file).Where(node => ((string?)node.Schema["description"])?.EndsWith('.') != true).Select(node => node.Path));

    [Theory]
    [MemberData(nameof(Files))]
    public void Everything_is_bounded_and_lists_say_how_they_merge(string file) => Assert.Empty(
        Below(file).SelectMany(node => Missing(node).Select(keyword => $"{node.Path}: {keyword}")));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_status_demands_nothing_and_assumes_nothing(string file) => Assert.Empty(
        Below(file).Where(node => node.Path.StartsWith("status", StringComparison.Ordinal) && node.Path != "status.conditions[*]")
            .Where(node => node.Schema.ContainsKey("required") || node.Schema.ContainsKey("default")).Select(node => node.Path));

    [Theory]
    [MemberData(nameof(Files))]
    public void Printer_columns_say_what_they_are_and_show_fields_that_exist(string file)
    {
        var paths = SchemaNode.Walk(Of(file).Schema).Select(node => node.Path).Append("metadata.creationTimestamp").ToHashSet();
        foreach (var column in Of(file).Version["additionalPrinterColumns"]!.AsArray())
        {
            var path = ((string)column!["jsonPath"]!).TrimStart('.').Replace("[?(@.type==\"Ready\")]", "[*]", StringComparison.Ordinal);
            Assert.Contains(path, paths);
            Assert.False(string.IsNullOrEmpty((string?)column["description"]));
        }
    }

    private static Crd Of(string file) => Crd.All.Single(crd => crd.Plural == file);

    /// <summary>All but the root's and metadata: there the API server takes no more than a name's bounds.</summary>
    private static IEnumerable<SchemaNode> Below(string file) => SchemaNode.Walk(Of(file).Schema).Where(node => node.Path is not ("" or "metadata"));

    private static IEnumerable<string> Missing(SchemaNode node)
    {
        var isText = node.Type == "string" || node.Schema.ContainsKey("x-kubernetes-int-or-string");
        var isShort = Has(node, "enum") || Has(node, "maxLength") || (string?)node.Schema["format"] == "date-time";
        if (isText && node.Path is not ("apiVersion" or "kind") && !isShort)
            yield return "maxLength";
        if (node.Type == "array" && !Has(node, "maxItems")) yield return "maxItems";
        if (node.Type == "array" && !Has(node, "x-kubernetes-list-type")) yield return "x-kubernetes-list-type";
        if (Has(node, "additionalProperties") && !Has(node, "maxProperties")) yield return "maxProperties";
        if (node.Type == "integer" && node.Path.StartsWith("spec", StringComparison.Ordinal))
        {
            if (!Has(node, "minimum")) yield return "minimum";
            if (!Has(node, "maximum")) yield return "maximum";
        }
    }

    private static bool Has(SchemaNode node, string keyword) => node.Schema.ContainsKey(keyword);
}
