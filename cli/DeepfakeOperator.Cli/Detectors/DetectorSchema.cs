using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeepfakeOperator.Cli.Detectors;

/// <summary>The schema of the CRD, held against a detector as the API server would: unknown and missing fields, types, bounds, patterns.</summary>
internal static class DetectorSchema
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);
    private static readonly Lazy<JsonObject> Spec = new(ReadSpec);

    /// <summary>What is wrong with a <c>spec</c>: path and message.</summary>
    internal static IEnumerable<(string Path, string Message)> Problems(JsonNode spec) => Problems("spec", Spec.Value, spec);

    private static JsonObject ReadSpec()
    {
        using var text = new StreamReader(typeof(DetectorSchema).Assembly.GetManifestResourceStream("detectors.yaml")!);
        var crd = YamlTree.Read(text)[0].Root!;
        return crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!.AsObject();
    }

    private static IEnumerable<(string Path, string Message)> Problems(string path, JsonObject schema, JsonNode? node)
    {
        var kind = node?.GetValueKind();
        return (string?)schema["type"] switch
        {
            "object" => node is JsonObject map ? OfObject(path, schema, map) : Wrong(path, "a map of fields", node),
            "array" => node is JsonArray list ? OfArray(path, schema, list) : Wrong(path, "a list", node),
            "string" => kind == JsonValueKind.String ? OfText(path, schema, (string)node!) : Wrong(path, "text", node),
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False ? [] : Wrong(path, "true or false", node),
            var type => kind == JsonValueKind.Number ? OfNumber(path, schema, type == "integer", node!) : Wrong(path, "a number", node),
        };
    }

    private static IEnumerable<(string Path, string Message)> OfObject(string path, JsonObject schema, JsonObject map)
    {
        var fields = schema["properties"]?.AsObject() ?? [];
        foreach (var name in (schema["required"]?.AsArray() ?? []).Select(name => (string)name!).Where(name => !map.ContainsKey(name)))
            yield return ($"{path}.{name}", "required");
        foreach (var (name, value) in map)
        {
            if (fields[name] is JsonObject field)
            {
                foreach (var problem in Problems($"{path}.{name}", field, value)) yield return problem;
            }
            else
            {
                yield return ($"{path}.{name}", $"there is no such field; {path} has {string.Join(", ", fields.Select(known => known.Key))}");
            }
        }
    }

    private static IEnumerable<(string Path, string Message)> OfArray(string path, JsonObject schema, JsonArray list)
    {
        if (list.Count < (long?)schema["minItems"]) yield return (path, $"at least {schema["minItems"]} entries");
        if (list.Count > (long?)schema["maxItems"]) yield return (path, $"at most {schema["maxItems"]} entries");
        for (var i = 0; i < list.Count; i++)
        {
            foreach (var problem in Problems($"{path}[{i}]", schema["items"]!.AsObject(), list[i])) yield return problem;
        }
        if (schema["x-kubernetes-list-map-keys"] is not JsonArray keys) yield break;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject entry) continue;
            var fields = schema["items"]!["properties"]!;
            var key = string.Join(", ", keys.Select(name => $"{name} {entry[(string)name!] ?? fields[(string)name!]!["default"]}"));
            if (!seen.Add(key)) yield return ($"{path}[{i}]", $"{key} is there twice");
        }
    }

    private static IEnumerable<(string Path, string Message)> OfText(string path, JsonObject schema, string text)
    {
        if (schema["enum"] is JsonArray values && !values.Any(value => (string)value! == text))
            yield return (path, $"'{text}' is not one of {string.Join(", ", values.Select(value => (string)value!))}");
        if (text.Length < (long?)schema["minLength"]) yield return (path, "must not be empty");
        if (text.Length > (long?)schema["maxLength"]) yield return (path, $"longer than {schema["maxLength"]} characters");
        else if ((string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTimeout))
            yield return (path, $"'{text}' does not have the form {pattern}");
    }

    private static IEnumerable<(string Path, string Message)> OfNumber(string path, JsonObject schema, bool whole, JsonNode node)
    {
        var value = double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
        if (whole && value != Math.Floor(value)) yield return (path, $"{node} is no whole number");
        if (Number(schema, "minimum") is { } least && ((bool?)schema["exclusiveMinimum"] == true ? value <= least : value < least))
            yield return (path, $"{node} is too small; {((bool?)schema["exclusiveMinimum"] == true ? "above" : "at least")} {schema["minimum"]}");
        if (value > Number(schema, "maximum")) yield return (path, $"{node} is too large; at most {schema["maximum"]}");
    }

    private static double? Number(JsonObject schema, string field) =>
        schema[field] is { } node ? double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static (string Path, string Message)[] Wrong(string path, string wanted, JsonNode? node) =>
        [(path, $"must be {wanted}, not {node?.ToJsonString() ?? "null"}")];
}
