using System.Net.Mime;
using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Confluent.Kafka;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>
/// What a source record says: a CloudEvent (structured or binary), a bare reference as JSON, or inline media, told apart by its headers. A record is a
/// stranger's: whatever does not fit is refused with the name of the field.
/// </summary>
internal static class ItemParser
{
    private const int MaxIdLength = 512;
    private const string ContentTypeHeader = "content-type";

    /// <summary>Attributes of a binary CloudEvent are headers with this prefix (CloudEvents 1.0, Kafka protocol binding, section 3.2).</summary>
    private const string EventPrefix = "ce_";

    /// <summary>The claim-check extension: where the data is that the event does not carry.</summary>
    private const string DataReference = "dataref";

    private static readonly JsonEventFormatter Events = new();
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a record.</summary>
    /// <exception cref="ScanPipelineItemException">It is no item: <see cref="ErrorClass.RecordInvalid"/>.</exception>
    internal static SourceItem Parse(ConsumeResult<byte[], byte[]> record)
    {
        var message = record.Message;
        var position = new SourcePosition(record.Topic, record.Partition.Value, record.Offset.Value);
        var contentType = MediaTypeOf(Header(message.Headers, ContentTypeHeader));
        var value = message.Value ?? [];
        if (contentType == "application/cloudevents+json") return Structured(value, message, position);
        if (Header(message.Headers, EventPrefix + "specversion") is not null) return Binary(value, contentType, message, position);
        if (value.Length == 0) throw Invalid("the record has no value; it must be a CloudEvent, a reference as JSON, or media with a content-type header");
        if (IsMedia(contentType)) return Inline(value, contentType, null, message, position);
        return contentType switch
        {
            null or "application/json" or "text/json" when IsObject(value) => Reference(value, null, message, position),
            null => throw Invalid("the record has no content-type header and is no JSON object; give media its type, such as content-type: image/jpeg"),
            "application/json" or "text/json" => throw Invalid("the value must be a JSON object such as {\"id\":\"1\",\"uri\":\"https://…\"}"),
            _ => throw Invalid($"content-type '{contentType}' is none that an item can have: application/json, application/cloudevents+json, image/*, video/* or audio/*"),
        };
    }

    /// <summary>An id that a rerun gives again, for records that have none of their own.</summary>
    internal static string IdOf(Message<byte[], byte[]> message, SourcePosition position)
    {
        if (message.Key is { Length: > 0 and <= MaxIdLength } key)
        {
            try
            {
                var text = Utf8.GetString(key);
                if (!text.Any(char.IsControl)) return text;
            }
            catch (DecoderFallbackException)
            {
                // A binary key is no name.
            }
        }
        return $"{position.Topic}-{position.Partition}-{position.Offset}";
    }

    private static SourceItem Structured(byte[] value, Message<byte[], byte[]> message, SourcePosition position)
    {
        CloudEvent received;
        try
        {
            received = Events.DecodeStructuredModeMessage(value, new ContentType("application/cloudevents+json"), null);
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw Invalid($"the value is no CloudEvent 1.0: {OneLine(error.Message)}", error);
        }
        var contentType = MediaTypeOf(received.DataContentType);
        var reference = received[DataReference]?.ToString();
        return received.Data switch
        {
            byte[] bytes when IsMedia(contentType) => Inline(bytes, contentType, received.Id, message, position),
            System.Text.Json.JsonElement json => ItemReference.Read(json).ToItem(received.Id, position),
            null when reference is not null => new ItemReference { Uri = reference, ContentType = contentType }.ToItem(received.Id, position),
            null => throw Invalid("the CloudEvent has neither data nor a dataref"),
            _ => throw Invalid($"datacontenttype '{contentType}' does not fit the CloudEvent's data: a reference as JSON, or media in data_base64"),
        };
    }

    private static SourceItem Binary(byte[] value, string? contentType, Message<byte[], byte[]> message, SourcePosition position)
    {
        if (Header(message.Headers, EventPrefix + "specversion") is not "1.0") throw Invalid("ce_specversion must be 1.0");
        var id = Header(message.Headers, EventPrefix + "id");
        if (value.Length == 0)
        {
            var reference = Header(message.Headers, EventPrefix + DataReference) ?? throw Invalid("the CloudEvent has neither data nor a ce_dataref");
            return new ItemReference { Uri = reference, ContentType = contentType }.ToItem(CheckId(id) ?? IdOf(message, position), position);
        }
        return IsMedia(contentType) ? Inline(value, contentType, id, message, position) : Reference(value, id, message, position);
    }

    private static SourceItem Reference(byte[] value, string? id, Message<byte[], byte[]> message, SourcePosition position) =>
        ItemReference.Read(value).ToItem(CheckId(id) ?? IdOf(message, position), position);

    private static SourceItem Inline(byte[] bytes, string? contentType, string? id, Message<byte[], byte[]> message, SourcePosition position) => new()
    {
        Id = CheckId(id) ?? IdOf(message, position),
        Inline = bytes,
        ContentType = contentType,
        Position = position,
    };

    /// <summary>Null for none; an id that would not survive as a key or a log line is refused.</summary>
    internal static string? CheckId(string? id)
    {
        if (string.IsNullOrEmpty(id)) return null;
        if (id.Length > MaxIdLength) throw Invalid($"id: it has {id.Length} characters, {MaxIdLength} are allowed");
        return id.Any(char.IsControl) ? throw Invalid("id: it has control characters") : id;
    }

    private static bool IsObject(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && value[start] == '{';
    }

    private static bool IsMedia(string? contentType) => contentType is not null
        && (contentType.StartsWith("image/", StringComparison.Ordinal)
            || contentType.StartsWith("video/", StringComparison.Ordinal)
            || contentType.StartsWith("audio/", StringComparison.Ordinal));

    /// <summary>The type without its parameters.</summary>
    private static string? MediaTypeOf(string? header)
    {
        if (header is null) return null;
        var end = header.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? header : header[..end]).Trim().ToLowerInvariant();
        return type.Length == 0 ? null : type;
    }

    private static string? Header(Headers? headers, string name)
    {
        if (headers is null || !headers.TryGetLastBytes(name, out var bytes) || bytes is null) return null;
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw Invalid($"header {name}: it is no UTF-8 text", error);
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static ScanPipelineItemException Invalid(string message, Exception? inner = null) => ScanPipelineItemException.Record(message, inner);
}
