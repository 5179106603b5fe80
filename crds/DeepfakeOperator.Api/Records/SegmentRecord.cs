namespace DeepfakeOperator.Api.Records;

/// <summary>A stretch of time that a detector says is manipulated.</summary>
/// <param name="Detector">The detector's name.</param>
/// <param name="Start">Seconds from the start of the media.</param>
/// <param name="End">Seconds from the start of the media.</param>
/// <param name="Score">P(fake), uncalibrated.</param>
public sealed record SegmentRecord(string Detector, double Start, double End, double Score);
