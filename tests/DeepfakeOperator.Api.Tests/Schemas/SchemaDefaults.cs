using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.Tests.Schemas;

/// <summary>What the API server makes of an object by a schema's defaults.</summary>
internal static class SchemaDefaults
{
    public static IReadOnlyList<string> Required(JsonObject schema) => schema["required"]?.AsArray().Select(name => (string)name!).ToList() ?? [];

    public static JsonObject Apply(JsonObject schema, JsonObject value)
    {
        var filled = value.DeepClone().AsObject();
        foreach (var (name, child) in schema["properties"]?.AsObject() ?? [])
        {
            if (!filled.ContainsKey(name) && child!["default"] is { } standard) filled[name] = standard.DeepClone();
            if (filled[name] is JsonObject inner) filled[name] = Apply(child!.AsObject(), inner);
        }
        return filled;
    }

    /// <summary>One form for what both sides take for the same: no empty lists and maps, 60s as 1m.</summary>
    public static JsonObject Normal(JsonObject value)
    {
        var kept = new JsonObject();
        foreach (var (name, child) in value)
        {
            var copy = child switch
            {
                JsonObject map => Normal(map),
                JsonValue text when text.TryGetValue<string>(out var words) && DurationConverter.TryParse(words, out var duration) =>
                    DurationConverter.Format(duration),
                _ => child?.DeepClone(),
            };
            if (copy is not (JsonObject { Count: 0 } or JsonArray { Count: 0 })) kept[name] = copy;
        }
        return kept;
    }
}
