namespace DeepfakeOperator.Api.Records;

/// <summary>One unit: a still, a frame, a face, a clip or a stretch of sound, its augmented variants combined.</summary>
/// <param name="T">Seconds from the start of the media; 0 for a still.</param>
/// <param name="Score">P(fake), uncalibrated.</param>
public readonly record struct UnitScore(double T, double Score)
{
    /// <summary>The face track that it belongs to; absent where no face was followed.</summary>
    public int? Track { get; init; }
}
