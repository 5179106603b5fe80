using DeepfakeOperator.Api.Detectors;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>How the units of one item, in order of time, become one score.</summary>
internal static class Aggregation
{
    /// <summary>
    /// The score of one detector, or null where there is no unit. Faces that are told apart are aggregated track by track first, so that one fake face
    /// is not outvoted by the real ones beside it.
    /// </summary>
    internal static RawScore? Combine(IReadOnlyList<UnitResult> units, DetectorSpec spec)
    {
        var byTrack = spec.Face is { } face && (face.Selection == FaceSelection.All || spec.Video.Unit == VideoUnit.FaceTrack || spec.Modality == Modality.FaceClip);
        if (!byTrack) return Combine([.. units.Select(unit => unit.Score)], spec.Aggregation);
        var tracks = units.GroupBy(unit => unit.Face?.Track).Select(track => Combine([.. track.Select(unit => unit.Score)], spec.Aggregation)!.Value);
        var rule = new AggregationSpec
        {
            Space = spec.Aggregation.Space,
            Method = spec.Aggregation.Tracks == AugmentationCombine.Max ? AggregationMethod.Max : AggregationMethod.Mean,
        };
        return Combine([.. tracks], rule);
    }

    /// <summary>The score, or null where there is no unit.</summary>
    internal static RawScore? Combine(IReadOnlyList<RawScore> units, AggregationSpec spec)
    {
        if (units.Count == 0) return null;
        if (units.Count == 1 && spec.Method is not (AggregationMethod.VoteFraction or AggregationMethod.Confident)) return units[0];
        var values = new double[units.Count];
        for (var i = 0; i < values.Length; i++) values[i] = spec.Space == AggregationSpace.Logit ? units[i].Logit : units[i].Probability;
        var result = Combine(values, units, spec);
        return spec.Space == AggregationSpace.Logit ? RawScore.FromLogit(result) : RawScore.FromProbability(Math.Clamp(result, 0, 1));
    }

    private static double Combine(double[] values, IReadOnlyList<RawScore> units, AggregationSpec spec) => spec.Method switch
    {
        AggregationMethod.Mean => values.Average(),
        AggregationMethod.Median => Median(values),
        AggregationMethod.Max => values.Max(),
        AggregationMethod.TopK => TopK(values, spec.K > 0 ? spec.K : Math.Max(1, (int)Math.Ceiling(values.Length / 10d))),
        AggregationMethod.NoisyOr => NoisyOr(values),
        AggregationMethod.VoteFraction => values.Count(p => p >= spec.Threshold) / (double)values.Length,
        AggregationMethod.Confident => Confident(values, spec.Confident ?? new ConfidentSpec()),
        AggregationMethod.Consecutive => Consecutive(values, units, spec),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Method, "not an aggregation method"),
    };

    /// <summary>1 − Π(1 − p): fake if at least one is, the units taken as independent.</summary>
    internal static double NoisyOr(IEnumerable<double> probabilities)
    {
        var real = 1d;
        foreach (var p in probabilities) real *= 1 - p;
        return 1 - real;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double TopK(double[] values, int k)
    {
        Array.Sort(values);
        return values.AsSpan(Math.Max(0, values.Length - k)).ToArray().Average();
    }

    /// <summary>confident_strategy of selimsef/dfdc_deepfake_challenge, kernel_utils.py, its constants as parameters.</summary>
    private static double Confident(double[] values, ConfidentSpec spec)
    {
        var fakes = values.Where(p => p > spec.FakeThreshold).ToArray();
        if (fakes.Length > Math.Floor(values.Length * spec.FakeFraction) && fakes.Length > spec.MinFakes) return fakes.Average();
        var reals = values.Where(p => p < spec.RealThreshold).ToArray();
        return reals.Length > spec.RealFraction * values.Length ? reals.Average() : values.Average();
    }

    /// <summary>
    /// Highest mean over Run units in a row, provided the share of units at or above Threshold reaches Fraction; else the plain mean.
    /// Short runs of fake frames are what a swap of a few seconds in a long video leaves.
    /// </summary>
    private static double Consecutive(double[] values, IReadOnlyList<RawScore> units, AggregationSpec spec)
    {
        var share = units.Count(unit => unit.Probability >= spec.Threshold) / (double)units.Count;
        var run = Math.Clamp(spec.Run, 1, values.Length);
        if (share < spec.Fraction) return values.Average();
        double sum = 0;
        for (var i = 0; i < run; i++) sum += values[i];
        var best = sum;
        for (var i = run; i < values.Length; i++)
        {
            sum += values[i] - values[i - run];
            best = Math.Max(best, sum);
        }
        return best / run;
    }
}
