using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CsCheck;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.Api.Tests.Json;

/// <summary>JSON with every field of a type, as its C# side would write it.</summary>
internal static class JsonGen
{
    private static readonly Gen<JsonNode> Duration =
        Gen.Long[1, 1_000_000_000].Select(ms => (JsonNode)DurationConverter.Format(TimeSpan.FromMilliseconds(ms)));
    private static readonly Gen<JsonNode> Quantity = Gen.Long[1, long.MaxValue].Select(bytes => (JsonNode)QuantityConverter.Format(bytes));

    public static Gen<JsonNode> Of(Type declared, Type? converter = null, params Type[] within)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (converter == typeof(DurationConverter)) return Duration;
        if (converter == typeof(QuantityConverter)) return Quantity;
        if (type == typeof(string)) return Gen.String.Select(text => (JsonNode)JsonValue.Create(text));
        if (type == typeof(bool)) return Gen.Bool.Select(flag => (JsonNode)flag);
        if (type == typeof(int)) return Gen.Int.Select(number => (JsonNode)number);
        if (type == typeof(long)) return Gen.Long.Select(number => (JsonNode)number);
        if (type == typeof(double)) return Gen.Double[-1e9, 1e9].Select(number => (JsonNode)number);
        if (type == typeof(DateTimeOffset)) return Gen.DateTimeOffset.Select(time => (JsonNode)JsonValue.Create(time));
        if (type == typeof(JsonObject))
            return Gen.String.Select(text => (JsonNode)new JsonObject { ["spec"] = new JsonObject { ["a"] = text, ["b"] = null } });
        if (type.IsEnum)
        {
            var words = JsonSerializer.SerializeToNode(Enum.GetValues(type).Cast<object>(), ApiJson.Options)!.AsArray();
            return Gen.Int[0, words.Count - 1].Select(index => words[index]!.DeepClone());
        }
        if (!type.IsGenericType) return Record(type, within);
        // A list of what it is a part of would have no end.
        if (within.Contains(type.GetGenericArguments()[^1])) return Gen.Const((JsonNode)new JsonArray()).Select(array => array.DeepClone());
        var inner = Of(type.GetGenericArguments()[^1], null, within);
        return type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
            ? inner.Array[0, 3].Select(values =>
                (JsonNode)new JsonObject(values.Select((value, i) => KeyValuePair.Create($"Key-{i}", (JsonNode?)value.DeepClone()))))
            : inner.Array[0, 3].Select(values => (JsonNode)new JsonArray([.. values.Select(value => value.DeepClone())]));
    }

    private static Gen<JsonNode> Record(Type type, Type[] within)
    {
        var fields = ApiJson.Options.GetTypeInfo(type).Properties.Where(property => property.Get is not null)
            .Select(property => Of(property.PropertyType, ConverterOf(property), [.. within, type])
                .Select(value => KeyValuePair.Create(property.Name, (JsonNode?)value)));
        return fields.Aggregate(
            Gen.Const(Array.Empty<KeyValuePair<string, JsonNode?>>()),
            (all, field) => Gen.Select(all, field, (some, one) => (KeyValuePair<string, JsonNode?>[])[.. some, one]))
            .Select(all => (JsonNode)new JsonObject(all.Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))));
    }

    private static Type? ConverterOf(JsonPropertyInfo property) => property.AttributeProvider?
        .GetCustomAttributes(typeof(JsonConverterAttribute), inherit: true)
        .Cast<JsonConverterAttribute>().FirstOrDefault()?.ConverterType;
}
