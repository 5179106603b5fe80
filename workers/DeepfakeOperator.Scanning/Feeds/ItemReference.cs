using System.Text.Json;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>A bare reference: <c>{"id","uri","contentType","sha256","metadata"}</c>. Fields it does not know are left alone, so that producers may add theirs.</summary>
internal sealed record ItemReference
{
    private const int MaxUriLength = 8192;
    private const int MaxMetadata = 64;
    private const int MaxMetadataLength = 4096;

    internal string? Id { get; init; }

    internal string? Uri { get; init; }

    internal string? ContentType { get; init; }

    internal string? Sha256 { get; init; }

    internal IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Reads one from a record's value.</summary>
    /// <exception cref="ScanPipelineItemException">It is none.</exception>
    internal static ItemReference Read(byte[] value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return Read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw Invalid($"the value is no JSON: {Where(error)}", error);
        }
    }

    /// <summary>Reads one from JSON.</summary>
    /// <exception cref="ScanPipelineItemException">It is none.</exception>
    internal static ItemReference Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Invalid("the value must be a JSON object such as {\"id\":\"1\",\"uri\":\"https://…\"}");
        try
        {
            return new ItemReference
            {
                Id = Text(json, "id", scalars: true),
                Uri = Text(json, "uri"),
                ContentType = Text(json, "contentType"),
                Sha256 = Text(json, "sha256"),
                Metadata = ReadMetadata(json),
            };
        }
        catch (InvalidOperationException error)
        {
            // A lone surrogate, written as an escape.
            throw Invalid("a text in it is no valid Unicode", error);
        }
    }

    /// <summary>The item; <paramref name="fallbackId"/> is its id where it has none itself.</summary>
    /// <exception cref="ScanPipelineItemException">A field has a value that no item can have.</exception>
    internal SourceItem ToItem(string? fallbackId, SourcePosition position)
    {
        if (string.IsNullOrEmpty(Uri)) throw Invalid("uri: it is missing");
        if (Uri.Length > MaxUriLength) throw Invalid($"uri: it has {Uri.Length} characters, {MaxUriLength} are allowed");
        if (!System.Uri.TryCreate(Uri, UriKind.Absolute, out var address)) throw Invalid("uri: it must be an absolute address such as https://media.example.org/1.jpg");
        if (Sha256 is not null && (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigit))) throw Invalid("sha256: it must be 64 hexadecimal digits");
        return new SourceItem
        {
            Id = ItemParser.CheckId(Id) ?? ItemParser.CheckId(fallbackId) ?? $"{position.Topic}-{position.Partition}-{position.Offset}",
            Uri = address,
            ContentType = ContentType,
            Sha256 = Sha256?.ToLowerInvariant(),
            Metadata = Metadata,
            Position = position,
        };
    }

    private static Dictionary<string, string>? ReadMetadata(JsonElement json)
    {
        if (!json.TryGetProperty("metadata", out var metadata) || metadata.ValueKind == JsonValueKind.Null) return null;
        if (metadata.ValueKind != JsonValueKind.Object) throw Invalid("metadata: it must be an object with texts");
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in metadata.EnumerateObject())
        {
            if (read.Count == MaxMetadata) throw Invalid($"metadata: at most {MaxMetadata} entries are handed through");
            var value = Scalar(property.Value) ?? throw Invalid($"metadata.{property.Name}: it must be a text, a number or a boolean");
            if (value.Length > MaxMetadataLength) throw Invalid($"metadata.{property.Name}: it has {value.Length} characters, {MaxMetadataLength} are allowed");
            read[property.Name] = value;
        }
        return read;
    }

    private static string? Text(JsonElement json, string name, bool scalars = false)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String && !scalars) throw Invalid($"{name}: it must be a text");
        return Scalar(value) ?? throw Invalid($"{name}: it must be a text");
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static string Where(JsonException error) => $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}";

    private static ScanPipelineItemException Invalid(string message, Exception? inner = null) => ScanPipelineItemException.Record(message, inner);
}
