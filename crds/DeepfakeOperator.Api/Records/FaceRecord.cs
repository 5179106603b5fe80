namespace DeepfakeOperator.Api.Records;

/// <summary>A face that was followed, and what the detectors that looked at it say.</summary>
/// <param name="Track">Its number within the item, from 0.</param>
/// <param name="Box">Left, top, width and height in pixels of the media, where it was seen largest.</param>
/// <param name="Score">P(fake) of the ensemble of the detectors that looked at it; absent where none did.</param>
public sealed record FaceRecord(int Track, IReadOnlyList<double> Box, double? Score)
{
    /// <summary>Seconds at which it was first and last seen.</summary>
    public required IReadOnlyList<double> Seen { get; init; }
}
