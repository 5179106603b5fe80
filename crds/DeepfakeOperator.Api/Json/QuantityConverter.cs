using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace DeepfakeOperator.Api.Json;

/// <summary>Byte counts as Kubernetes quantities: <c>512Mi</c>, <c>1G</c>, or a bare number.</summary>
public sealed class QuantityConverter : JsonConverter<long>
{
    /// <inheritdoc/>
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetInt64();
        var text = reader.GetString() ?? "";
        try
        {
            return (long)new ResourceQuantity(text).ToDecimal();
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            throw new JsonException($"'{text}' is no quantity; write one like 512Mi or 1G", error);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options)
    {
        string[] suffixes = ["", "Ki", "Mi", "Gi", "Ti"];
        var index = 0;
        for (; index < suffixes.Length - 1 && value != 0 && value % 1024 == 0; index++) value /= 1024;
        writer.WriteStringValue($"{value}{suffixes[index]}");
    }
}
