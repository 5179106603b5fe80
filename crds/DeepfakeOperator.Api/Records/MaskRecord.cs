namespace DeepfakeOperator.Api.Records;

/// <summary>Where in the picture a detector sees the manipulation.</summary>
/// <param name="Detector">The detector's name.</param>
/// <param name="T">Seconds from the start of the media, of the frame with the highest score; 0 for a still.</param>
/// <param name="Coverage">Share of the pixels at or above the descriptor's threshold.</param>
/// <param name="Png">A small gray PNG, white for manipulated, base64.</param>
public sealed record MaskRecord(string Detector, double T, double Coverage, string Png);
