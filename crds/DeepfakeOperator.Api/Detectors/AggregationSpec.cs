namespace DeepfakeOperator.Api.Detectors;

/// <summary>How the units of one item become one score.</summary>
public sealed record AggregationSpec
{
    /// <summary>What is aggregated.</summary>
    public AggregationSpace Space { get; init; } = AggregationSpace.Prob;

    /// <summary>The rule.</summary>
    public AggregationMethod Method { get; init; } = AggregationMethod.Mean;

    /// <summary>How the scores of several face tracks, each aggregated by Method, become one.</summary>
    public AugmentationCombine Tracks { get; init; } = AugmentationCombine.Max;

    /// <summary>TopK: how many; 0: a tenth, at least one.</summary>
    public int K { get; init; }

    /// <summary>VoteFraction and Consecutive: from here up a unit counts as fake.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Consecutive: units in a row.</summary>
    public int Run { get; init; }

    /// <summary>Consecutive: share of all units that must count.</summary>
    public double Fraction { get; init; }

    /// <summary>Confident only.</summary>
    public ConfidentSpec? Confident { get; init; }
}
