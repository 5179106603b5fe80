namespace DeepfakeOperator.Scanning.Media;

/// <summary>What ffprobe says of a container.</summary>
/// <param name="Width">Pixels across, upright; 0 without pictures.</param>
/// <param name="Height">Pixels down, upright; 0 without pictures.</param>
/// <param name="Duration">Seconds; null where the container does not say.</param>
/// <param name="HasSound">True: it holds a track of sound.</param>
internal sealed record VideoInfo(int Width, int Height, double? Duration, bool HasSound = false)
{
    /// <summary>Frames a second; null where the container does not say.</summary>
    internal double? Rate { get; init; }

    /// <summary>Seconds of its pictures, which sound may outlast.</summary>
    internal double? PictureDuration { get; init; } = Duration;

    internal bool HasPictures => Width > 0;
}
