using DeepfakeOperator.Scanning.Faces;

namespace DeepfakeOperator.Scanning.Inference;

/// <summary>Which unit of an item it is. Results that differ in <paramref name="Variant"/> only are combined before the aggregation.</summary>
/// <param name="Frame">Index of its frame among those that were decoded; of a clip, of its first. 0 for a still and for sound.</param>
/// <param name="Time">When it begins, in seconds; null: when its frame is shown.</param>
/// <param name="Variant">Which augmentation of it; 0 is the plain one.</param>
internal readonly record struct Unit(int Frame, double? Time = null, int Variant = 0)
{
    /// <summary>The face that it shows, or null.</summary>
    internal Face? Face { get; init; }

    /// <summary>Of a clip, the indexes of all its frames.</summary>
    internal IReadOnlyList<int>? Frames { get; init; }

    /// <summary>Variants of a unit after one another, faces of a frame by track, frames as they come in time.</summary>
    internal long Order => ((long)Frame << 32) | ((long)(Face?.Track ?? 0) << 16) | (uint)Variant;
}
