using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>How the calibrated scores of several detectors become one.</summary>
internal static class Ensemble
{
    /// <summary>The item's score, 0 to 1. Detectors that did not apply are left out by the caller; there is at least one.</summary>
    internal static double Combine(IReadOnlyList<(double Weight, double Score)> scores, EnsembleSpec spec, VerdictSpec verdict)
    {
        var weights = scores.Sum(score => score.Weight);
        var result = spec.Method switch
        {
            EnsembleMethod.WeightedMean => scores.Sum(score => score.Weight * score.Score) / weights,
            EnsembleMethod.Max => scores.Max(score => score.Score),
            EnsembleMethod.NoisyOr => Aggregation.NoisyOr(scores.Select(score => score.Score)),
            EnsembleMethod.Logistic => RawScore.Sigmoid(spec.Intercept + scores.Sum(score => score.Weight * score.Score)),
            EnsembleMethod.Vote => scores.Where(score => score.Score >= verdict.FakeAtOrAbove).Sum(score => score.Weight) / weights,
            _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Method, "not an ensemble method"),
        };
        // A weighted mean of ones may come out as 1 + 2e-16.
        return Math.Clamp(result, 0, 1);
    }
}
