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

    /// <summary>Some 68 years, in milliseconds.</summary>
    private const decimal Longest = int.MaxValue * 1000m;

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = ScalarText.Of(ref reader);
        return TryParse(text, out var value) ? value : throw new JsonException($"'{text}' is no duration; write one like 30s, 1m30s or 20ms");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>Reads a duration; false where the text is none.</summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        var total = 0m;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            // Decimal, not double: 1.001 s is 1000.9999999999999 ms in doubles, and TimeSpan would cut the last millisecond off.
            var digits = rest.IndexOfAnyExcept(Number);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(Number);
            var unit = letters < 0 ? rest : rest[..letters];
            var milliseconds = unit switch { "h" => 3_600_000, "m" => 60_000, "s" => 1_000, "ms" => 1, _ => 0 };
            if (milliseconds == 0 || number > Longest) return false;
            total += number * milliseconds;
            if (total > Longest) return false;
            rest = rest[unit.Length..];
        }
        value = TimeSpan.FromTicks((long)(total * TimeSpan.TicksPerMillisecond));
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
