namespace DeepfakeOperator.Api.Records;

/// <summary>What the media turned out to be.</summary>
public sealed record MediaInfo
{
    /// <summary>sha256 of the bytes, hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Type found by looking at the bytes, such as <c>image/jpeg</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Pixels across, after rotation.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels down, after rotation.</summary>
    public int? Height { get; init; }

    /// <summary>Seconds, for video and audio.</summary>
    public double? Duration { get; init; }
}
