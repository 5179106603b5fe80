using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>From a raw score to a probability that can be compared across detectors.</summary>
internal static class Calibration
{
    /// <summary>The calibrated P(fake), 0 to 1.</summary>
    internal static double Apply(RawScore score, CalibrationSpec spec) => spec.Method switch
    {
        CalibrationMethod.None => score.Probability,
        CalibrationMethod.Temperature => RawScore.Sigmoid(score.Logit / spec.Temperature),
        CalibrationMethod.Platt => RawScore.Sigmoid((spec.A * score.Logit) + spec.B),
        CalibrationMethod.Isotonic => Isotonic(score.Probability, spec.Points),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Method, "not a calibration method"),
    };

    private static double Isotonic(double raw, IReadOnlyList<CalibrationPoint> points)
    {
        if (raw <= points[0].Raw) return points[0].Calibrated;
        for (var i = 1; i < points.Count; i++)
        {
            if (raw > points[i].Raw) continue;
            var (left, right) = (points[i - 1], points[i]);
            var width = right.Raw - left.Raw;
            return width <= 0 ? right.Calibrated : left.Calibrated + ((right.Calibrated - left.Calibrated) * (raw - left.Raw) / width);
        }
        return points[^1].Calibrated;
    }
}
