using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DeepfakeOperator.Api.Json;

/// <summary>Durations as Kubernetes writes them: <c>2h</c>, <c>1m30s</c>, <c>20ms</c> (Go's time.ParseDuration, hours to milliseconds).</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return TryParse(text, out var value) ? value : throw new JsonException($"'{text}' is no duration; write one like 30s, 1m30s or 20ms");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>Reads a duration; false where the text is none.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(Number);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(Number);
            var unit = letters < 0 ? rest : rest[..letters];
            var milliseconds = unit switch { "h" => 3_600_000d, "m" => 60_000d, "s" => 1_000d, "ms" => 1d, _ => double.NaN };
            var total = value.TotalMilliseconds + number * milliseconds;
            if (double.IsNaN(total) || total > int.MaxValue * 1000d) return false;
            value = TimeSpan.FromMilliseconds(total);
            rest = rest[unit.Length..];
        }
        return text.Length > 0;
    }

    /// <summary>Writes a duration in its largest whole units.</summary>
    public static string Format(TimeSpan value)
    {
        if (value <= TimeSpan.Zero) return "0s";
        var text = new StringBuilder();
        if (value.TotalHours >= 1) text.Append((long)value.TotalHours).Append('h');
        if (value.Minutes > 0) text.Append(value.Minutes).Append('m');
        if (value.Seconds > 0) text.Append(value.Seconds).Append('s');
        if (value.Milliseconds > 0) text.Append(value.Milliseconds).Append("ms");
        return text.Length > 0 ? text.ToString() : "1ms";
    }
}
