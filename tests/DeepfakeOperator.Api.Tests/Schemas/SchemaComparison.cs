using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DeepfakeOperator.Api.Json;
using k8s.Models;

namespace DeepfakeOperator.Api.Tests.Schemas;

/// <summary>What a schema and a C# type do not agree on: fields, JSON types, enum members, what may be absent, defaults.</summary>
internal sealed class SchemaComparison
{
    private const string Duration =
        @"^([0-9]{1,5}(\.[0-9]{1,3})?h)?([0-9]{1,6}(\.[0-9]{1,3})?m)?([0-9]{1,8}(\.[0-9]{1,3})?s)?([0-9]{1,10}ms)?$";

    private static readonly Dictionary<Type, (string Type, string? Format)> Scalars = new()
    {
        [typeof(string)] = ("string", null),
        [typeof(bool)] = ("boolean", null),
        [typeof(int)] = ("integer", "int32"),
        [typeof(long)] = ("integer", "int64"),
        [typeof(double)] = ("number", null),
        [typeof(DateTimeOffset)] = ("string", "date-time"),
        [typeof(DateTime)] = ("string", "date-time"),
    };

    private readonly List<string> _differences = [];

    public static IReadOnlyList<string> Differences(JsonObject schema, Type type)
    {
        var comparison = new SchemaComparison();
        comparison.Object("", schema, type);
        return comparison._differences;
    }

    private void Object(string path, JsonObject schema, Type type)
    {
        Expect(path, schema, "type", "object");
        var inSchema = schema["properties"]?.AsObject() ?? [];
        var inType = ApiJson.Options.GetTypeInfo(type).Properties.Where(property => property.Get is not null).ToDictionary(property => property.Name);
        foreach (var (name, _) in inSchema.Where(property => !inType.ContainsKey(property.Key))) Report(path, name, "only in the schema");
        foreach (var name in inType.Keys.Where(name => !inSchema.ContainsKey(name))) Report(path, name, "only in C#");
        foreach (var required in SchemaDefaults.Required(schema).Where(name => !inSchema.ContainsKey(name)))
            Report(path, required, "required but not there");
        foreach (var (name, child) in inSchema)
        {
            if (!inType.TryGetValue(name, out var property) || property.PropertyType == typeof(V1ObjectMeta)) continue;
            var place = SchemaNode.Join(path, name);
            if (path.StartsWith("spec", StringComparison.Ordinal))
                Absence(place, child!.AsObject(), property, SchemaDefaults.Required(schema).Contains(name));
            Value(place, child!.AsObject(), property.PropertyType, ConverterOf(property));
        }
        if (path.StartsWith("spec", StringComparison.Ordinal)) Defaults(path, schema, type);
    }

    private void Value(string path, JsonObject schema, Type declared, Type? converter)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (converter == typeof(QuantityConverter))
        {
            Expect(path, schema, "x-kubernetes-int-or-string", true);
        }
        else if (converter == typeof(DurationConverter))
        {
            Expect(path, schema, "type", "string");
            Expect(path, schema, "pattern", Duration);
        }
        else if (type.IsEnum)
        {
            Expect(path, schema, "type", "string");
            Expect(path, schema, "enum", JsonSerializer.SerializeToNode(Enum.GetValues(type).Cast<object>().ToArray(), ApiJson.Options));
        }
        else if (Scalars.TryGetValue(type, out var scalar))
        {
            Expect(path, schema, "type", scalar.Type);
            Expect(path, schema, "format", scalar.Format);
        }
        else if (type == typeof(JsonObject))
        {
            Expect(path, schema, "type", "object");
            Expect(path, schema, "x-kubernetes-preserve-unknown-fields", true);
        }
        else if (ElementOf(type, typeof(IReadOnlyDictionary<,>)) is { } value)
        {
            Expect(path, schema, "type", "object");
            Inner(path, schema, "additionalProperties", value);
        }
        else if (type.IsGenericType && ElementOf(type, typeof(IReadOnlyList<>)) is { } element)
        {
            Expect(path, schema, "type", "array");
            Inner(path, schema, "items", element);
        }
        else
        {
            Object(path, schema, type);
        }
    }

    private void Inner(string path, JsonObject schema, string keyword, Type type)
    {
        if (schema[keyword] is JsonObject inner) Value(path + "[*]", inner, type, null);
        else _differences.Add($"{path}: no {keyword} in the schema");
    }

    /// <summary>What C# cannot hold as null must be there or have a default; what it can, must be free to be absent.</summary>
    private void Absence(string path, JsonObject schema, JsonPropertyInfo property, bool required)
    {
        var nullable = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
        if (nullable && required) _differences.Add($"{path}: required in the schema, may be null in C#");
        if (!nullable && (bool?)schema["nullable"] == true) _differences.Add($"{path}: may be null in the schema, not in C#");
        if (nullable && schema["default"] is not null) _differences.Add($"{path}: has a default in the schema, may be null in C#");
        if (required && schema["default"] is not null) _differences.Add($"{path}: required and has a default");
        var collection = property.PropertyType.IsGenericType && property.PropertyType.IsInterface;
        if (!nullable && !required && !collection && schema["default"] is null) _differences.Add($"{path}: no default in the schema, not null in C#");
    }

    private void Defaults(string path, JsonObject schema, Type type)
    {
        var ofSchema = SchemaDefaults.Normal(SchemaDefaults.Apply(schema, []));
        var ofType = SchemaDefaults.Normal(JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, ApiJson.Options)!.AsObject());
        foreach (var name in SchemaDefaults.Required(schema)) ofType.Remove(name);
        foreach (var name in ofSchema.Concat(ofType).Select(property => property.Key).Distinct())
        {
            var (inSchema, inType) = (ofSchema[name]?.ToJsonString() ?? "none", ofType[name]?.ToJsonString() ?? "none");
            if (!JsonNode.DeepEquals(ofSchema[name], ofType[name])) Report(path, name, $"default {inSchema} in the schema, {inType} in C#");
        }
        if (schema["default"] is JsonObject written
            && !JsonNode.DeepEquals(ofSchema, SchemaDefaults.Normal(SchemaDefaults.Apply(schema, written))))
            _differences.Add($"{path}: its own default differs from its fields' defaults");
    }

    private void Expect(string path, JsonObject schema, string keyword, JsonNode? value)
    {
        if (!JsonNode.DeepEquals(schema[keyword], value))
            _differences.Add($"{path}: {keyword} is {schema[keyword]?.ToJsonString() ?? "none"}, C# says {value?.ToJsonString() ?? "none"}");
    }

    private void Report(string path, string name, string what) => _differences.Add($"{SchemaNode.Join(path, name)}: {what}");

    private static Type? ConverterOf(JsonPropertyInfo property) => property.AttributeProvider?
        .GetCustomAttributes(typeof(JsonConverterAttribute), inherit: true).Cast<JsonConverterAttribute>().FirstOrDefault()?.ConverterType;

    private static Type? ElementOf(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[^1] : null;
}
