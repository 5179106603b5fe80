using DeepfakeOperator.Scanning.Audio;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Makes the units of one detector out of one item's media, as it is decoded. Called by one at a time.</summary>
internal interface IUnitSource
{
    /// <summary>The next frame, in order of time; a still is a single one. Its pixels are on loan until the call ends.</summary>
    ValueTask FrameAsync(Frame frame, CancellationToken ct);

    /// <summary>All of the item's sound, at the rate that the detector wants and cut to speech if it wants that; after the last frame.</summary>
    /// <param name="recording">The sound; for a detector of pictures with their sound its first sample is heard at second 0 of the item.</param>
    /// <param name="frameTimes">Second of each frame that there was.</param>
    /// <param name="ct">Ends it.</param>
    ValueTask SoundAsync(Recording recording, IReadOnlyList<double> frameTimes, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>There is no more of this item.</summary>
    ValueTask EndAsync(CancellationToken ct);
}
