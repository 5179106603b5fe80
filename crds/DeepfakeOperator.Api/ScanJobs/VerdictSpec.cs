namespace DeepfakeOperator.Api.ScanJobs;

/// <summary>The two thresholds; a score between them is Inconclusive.</summary>
public sealed record VerdictSpec
{
    /// <summary>Scores from here up are Fake.</summary>
    public double FakeAtOrAbove { get; init; } = 0.8;

    /// <summary>Scores from here down are Real; below <see cref="FakeAtOrAbove"/>.</summary>
    public double RealAtOrBelow { get; init; } = 0.3;
}
