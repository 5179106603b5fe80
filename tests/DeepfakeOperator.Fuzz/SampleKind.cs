namespace DeepfakeOperator.Fuzz;

/// <summary>What a sample is before it is mutated.</summary>
internal enum SampleKind
{
    /// <summary>A picture.</summary>
    Still,

    /// <summary>Pictures over time, or sound: what ffmpeg is started for.</summary>
    Moving,

    /// <summary>No media: playlists, documents, archives.</summary>
    Text,
}
