using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Json;

/// <summary>
/// Byte counts as Kubernetes quantities: <c>512Mi</c>, <c>1.5G</c>, or a bare number. Parts of a byte are rounded up, as Kubernetes does; exponents
/// (<c>1e3</c>), milli-units and signs are not taken, nobody counts bytes with them.
/// </summary>
public sealed class QuantityConverter : JsonConverter<long>
{
    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("Pi", 1L << 50), ("Ei", 1L << 60),
        ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <inheritdoc/>
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = ScalarText.Of(ref reader);
        return TryParse(text, out var value) ? value : throw new JsonException($"'{text}' is no quantity of bytes; write one like 512Mi, 1G or 1048576");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>Reads a byte count; false where the text is none or too large for a long.</summary>
    public static bool TryParse(string text, out long value)
    {
        value = 0;
        var (suffix, factor) = Units.FirstOrDefault(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal), (Suffix: "", Factor: 1m));
        if (!decimal.TryParse(text.AsSpan(..^suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        // Divided, not multiplied: the product may be more than a decimal holds.
        if (number > long.MaxValue / factor) return false;
        var bytes = decimal.Ceiling(number * factor);
        if (bytes > long.MaxValue) return false;
        value = (long)bytes;
        return true;
    }

    /// <summary>Writes a byte count in its largest whole binary unit.</summary>
    public static string Format(long value)
    {
        string[] suffixes = ["", "Ki", "Mi", "Gi", "Ti"];
        var index = 0;
        for (; index < suffixes.Length - 1 && value != 0 && value % 1024 == 0; index++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value}{suffixes[index]}");
    }
}
