namespace DeepfakeOperator.Scanning.Media;

/// <summary>What the first bytes say the media is.</summary>
/// <param name="ContentType">Its media type, such as <c>image/jpeg</c>.</param>
/// <param name="Kind">Which decoder takes it.</param>
/// <param name="Demuxer">Name of the one ffmpeg demuxer that may open it; empty for stills.</param>
internal sealed record MediaType(string ContentType, MediaKind Kind, string Demuxer);
