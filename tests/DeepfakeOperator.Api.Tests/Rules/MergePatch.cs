using System.Text.Json.Nodes;

namespace DeepfakeOperator.Api.Tests.Rules;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var merged = target.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null) merged.Remove(name);
            else merged[name] = value is JsonObject map ? Apply(merged[name] as JsonObject ?? [], map) : value.DeepClone();
        }
        return merged;
    }
}
