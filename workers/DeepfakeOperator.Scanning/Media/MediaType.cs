namespace DeepfakeOperator.Scanning.Media;

/// <summary>What the first bytes say the media is.</summary>
/// <param name="ContentType">Its media type, such as <c>image/jpeg</c>.</param>
/// <param name="Kind">Which decoder takes it.</param>
/// <param name="Demuxer">Name of the one ffmpeg demuxer that may open it; empty for what is decoded in process.</param>
internal sealed record MediaType(string ContentType, MediaKind Kind, string Demuxer)
{
    /// <summary>What it is to a reader of the result, whichever decoder takes it.</summary>
    internal string Modality { get; init; } = Kind switch { MediaKind.Still => "image", MediaKind.Video => "video", _ => "audio" };
}
