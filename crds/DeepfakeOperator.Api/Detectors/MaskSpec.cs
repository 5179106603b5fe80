namespace DeepfakeOperator.Api.Detectors;

/// <summary>How a mask is read.</summary>
public sealed record MaskSpec
{
    /// <summary>Channel that means manipulated.</summary>
    public int Index { get; init; }

    /// <summary>From here up a pixel counts.</summary>
    public double Threshold { get; init; } = 0.5;
}
