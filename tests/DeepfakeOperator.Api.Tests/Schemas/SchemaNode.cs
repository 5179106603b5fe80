using System.Text.Json.Nodes;

namespace DeepfakeOperator.Api.Tests.Schemas;

/// <summary>One place of a schema; the path is written like a field's, with [*] for an entry of a list or map.</summary>
internal sealed record SchemaNode(string Path, JsonObject Schema)
{
    public string Type => (string?)Schema["type"] ?? "";

    public IEnumerable<JsonObject> Rules => Schema["x-kubernetes-validations"]?.AsArray().Select(rule => rule!.AsObject()) ?? [];

    /// <summary>A schema with all that is in it.</summary>
    public static IEnumerable<SchemaNode> Walk(JsonObject schema, string path = "")
    {
        yield return new SchemaNode(path, schema);
        var children = (schema["properties"]?.AsObject() ?? [])
            .Select(property => (Path: Join(path, property.Key), Schema: property.Value!.AsObject()));
        if (schema["items"] is JsonObject items) children = children.Append((path + "[*]", items));
        if (schema["additionalProperties"] is JsonObject values) children = children.Append((path + "[*]", values));
        foreach (var (childPath, child) in children)
            foreach (var node in Walk(child, childPath)) yield return node;
    }

    public static string Join(string path, string name) => path.Length > 0 ? $"{path}.{name}" : name;
}
