namespace DeepfakeOperator.Api.Detectors;

/// <summary>Which end of an output means fake: exactly one of the two.</summary>
public sealed record PolaritySpec
{
    /// <summary>Classes: the index (or, for real/fake pairs, the column) that means fake.</summary>
    public int? FakeIndex { get; init; }

    /// <summary>Single values: true where high means fake, false where high means real.</summary>
    public bool? HighIsFake { get; init; }
}
