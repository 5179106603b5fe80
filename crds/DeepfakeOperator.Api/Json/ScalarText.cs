using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DeepfakeOperator.Api.Json;

/// <summary>What stands in the JSON, for converters that take several kinds of value and name a wrong one in their message.</summary>
internal static class ScalarText
{
    public static string Of(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False =>
            Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
        JsonTokenType.StartArray => "[",
        _ => "{",
    };
}
