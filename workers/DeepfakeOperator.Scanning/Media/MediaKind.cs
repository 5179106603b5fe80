namespace DeepfakeOperator.Scanning.Media;

/// <summary>Which decoder takes the bytes.</summary>
internal enum MediaKind
{
    /// <summary>A picture: decoded in process.</summary>
    Still,

    /// <summary>A container that may hold pictures over time: ffmpeg.</summary>
    Video,

    /// <summary>A container that holds sound only.</summary>
    Audio,
}
