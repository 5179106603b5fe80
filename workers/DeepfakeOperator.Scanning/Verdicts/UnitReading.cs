namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>What a model says of one unit.</summary>
/// <param name="Score">P(fake); null: the model did not decide.</param>
internal sealed record UnitReading(RawScore? Score)
{
    /// <summary>P(fake) of each of its frames, evenly over the unit; null: the model gives none.</summary>
    internal IReadOnlyList<RawScore>? Frames { get; init; }

    /// <summary>Manipulated stretches, in seconds from the unit's beginning; null: the model gives none.</summary>
    internal IReadOnlyList<(double Start, double End, double Score)>? Segments { get; init; }

    /// <summary>Probability of each generator; null: the model names none.</summary>
    internal IReadOnlyList<double>? Generators { get; init; }

    /// <summary>Where the manipulation is; null: the model does not say.</summary>
    internal PixelMask? Mask { get; init; }
}
