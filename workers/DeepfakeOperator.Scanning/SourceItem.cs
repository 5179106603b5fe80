using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning;

/// <summary>One item to scan: what its record says, and where the record stands.</summary>
public sealed record SourceItem
{
    /// <summary>The item's id: what its record says, else topic-partition-offset, so that a rerun gives the same.</summary>
    public required string Id { get; init; }

    /// <summary>Where the media is; null for inline bytes.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The media itself, when it came with the record.</summary>
    public ReadOnlyMemory<byte> Inline { get; init; }

    /// <summary>What the producer says the media is; only a hint, the bytes decide.</summary>
    public string? ContentType { get; init; }

    /// <summary>Expected sha256 of the media, lower-case hex; null: unchecked.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Handed through to the result.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Where the record stands.</summary>
    public required SourcePosition Position { get; init; }
}
