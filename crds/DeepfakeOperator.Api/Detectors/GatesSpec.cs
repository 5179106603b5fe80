namespace DeepfakeOperator.Api.Detectors;

/// <summary>When a detector does not apply (NotApplicable) or cannot be trusted (Inconclusive). 0: no gate.</summary>
public sealed record GatesSpec
{
    /// <summary>Shortest side in pixels; below: NotApplicable.</summary>
    public int MinSide { get; init; }

    /// <summary>Fewest faces; below: NotApplicable.</summary>
    public int MinFaces { get; init; }

    /// <summary>Most faces; above: NotApplicable.</summary>
    public int MaxFaces { get; init; }

    /// <summary>Shortest side of a face in pixels; below: NotApplicable.</summary>
    public int MinFaceSide { get; init; }

    /// <summary>Shortest duration; below: NotApplicable.</summary>
    public double MinSeconds { get; init; }

    /// <summary>Variance of the Laplacian under which an image counts as blurred: Inconclusive.</summary>
    public double MinSharpness { get; init; }

    /// <summary>Mean luma 0..255 under which an image is too dark: Inconclusive.</summary>
    public double MinBrightness { get; init; }

    /// <summary>Mean luma above which it is too bright: Inconclusive.</summary>
    public double MaxBrightness { get; init; }
}
