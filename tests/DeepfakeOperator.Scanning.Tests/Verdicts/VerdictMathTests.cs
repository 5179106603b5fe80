using CsCheck;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning.Tests.Verdicts;

public sealed class VerdictMathTests
{
    private static readonly Gen<double> Probability = Gen.Double[0, 1];

    private static readonly Gen<double[]> Units = Probability.Array[1, 40];

    private static readonly Gen<AggregationSpec> Rules = Gen.Select(
        Gen.Enum<AggregationMethod>(), Gen.Int[0, 5], Gen.Double[0.1, 0.9], Gen.Int[1, 6], Gen.Double[0, 1],
        (method, k, threshold, run, fraction) => new AggregationSpec { Method = method, K = k, Threshold = threshold, Run = run, Fraction = fraction });

    private static double Aggregate(IEnumerable<double> units, AggregationSpec spec) =>
        Aggregation.Combine([.. units.Select(RawScore.FromProbability)], spec)!.Value.Probability;

    [Fact]
    public void Every_aggregation_stays_within_zero_and_one() =>
        Gen.Select(Units, Rules).Sample((units, spec) => Aggregate(units, spec) is >= 0 and <= 1);

    [Fact]
    public void Means_and_ranks_stay_between_the_least_and_the_greatest_unit() =>
        Gen.Select(Units, Rules).Where((_, spec) => spec.Method is not (AggregationMethod.NoisyOr or AggregationMethod.VoteFraction)).Sample((units, spec) =>
            Aggregate(units, spec) >= units.Min() - 1e-9 && Aggregate(units, spec) <= units.Max() + 1e-9);

    [Fact]
    public void The_order_of_units_matters_only_to_runs() =>
        Gen.Select(Units, Rules, Gen.Int).Where((_, spec, _) => spec.Method != AggregationMethod.Consecutive).Sample((units, spec, seed) =>
        {
            var shuffled = units.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Math.Abs(Aggregate(units, spec) - Aggregate(shuffled, spec)) < 1e-9;
        });

    [Fact]
    public void A_unit_that_looks_more_fake_never_lowers_the_score() =>
        Gen.Select(Units, Rules, Gen.Int[0, 39], Probability).Where((_, spec, _, _) => spec.Method != AggregationMethod.Confident).Sample((units, spec, at, up) =>
        {
            var raised = units.ToArray();
            raised[at % raised.Length] = Math.Max(raised[at % raised.Length], up);
            return Aggregate(raised, spec) >= Aggregate(units, spec) - 1e-9;
        });

    [Fact]
    public void No_unit_gives_no_score() => Assert.Null(Aggregation.Combine([], new AggregationSpec()));

    [Fact]
    public void Known_values_of_each_aggregation()
    {
        double[] units = [0.1, 0.9, 0.8, 0.2];
        Assert.Equal(0.5, Aggregate(units, new AggregationSpec { Method = AggregationMethod.Mean }), 9);
        Assert.Equal(0.5, Aggregate(units, new AggregationSpec { Method = AggregationMethod.Median }), 9);
        Assert.Equal(0.9, Aggregate(units, new AggregationSpec { Method = AggregationMethod.Max }), 9);
        Assert.Equal(0.85, Aggregate(units, new AggregationSpec { Method = AggregationMethod.TopK, K = 2 }), 9);
        Assert.Equal(1 - (0.9 * 0.1 * 0.2 * 0.8), Aggregate(units, new AggregationSpec { Method = AggregationMethod.NoisyOr }), 9);
        Assert.Equal(0.5, Aggregate(units, new AggregationSpec { Method = AggregationMethod.VoteFraction }), 9);
        Assert.Equal(0.85, Aggregate(units, new AggregationSpec { Method = AggregationMethod.Consecutive, Run = 2 }), 9);
        Assert.Equal(0.5, Aggregate(units, new AggregationSpec { Method = AggregationMethod.Consecutive, Run = 2, Fraction = 0.6 }), 9);
        // The mean of logits ±x is 0.
        Assert.Equal(0.5, Aggregate([0.3, 0.7], new AggregationSpec { Space = AggregationSpace.Logit }), 9);
    }

    [Fact]
    public void The_confident_strategy_is_the_DFDC_winners()
    {
        var spec = new AggregationSpec { Method = AggregationMethod.Confident };
        double[] manyFake = [.. Enumerable.Repeat(0.9, 13), .. Enumerable.Repeat(0.1, 19)];
        Assert.Equal(0.9, Aggregate(manyFake, spec), 9);
        double[] fewFake = [.. Enumerable.Repeat(0.9, 11), .. Enumerable.Repeat(0.1, 9)];
        Assert.Equal(fewFake.Average(), Aggregate(fewFake, spec), 9);
        double[] allReal = [.. Enumerable.Repeat(0.1, 31), 0.5];
        Assert.Equal(0.1, Aggregate(allReal, spec), 9);
    }

    [Fact]
    public void Calibration_keeps_order_and_bounds() =>
        Gen.Select(Probability, Probability, Gen.Enum<CalibrationMethod>(), Gen.Double[0.2, 5], Gen.Double[-3, 3]).Sample((a, b, method, slope, shift) =>
        {
            var spec = new CalibrationSpec
            {
                Method = method,
                Temperature = slope,
                A = slope,
                B = shift,
                Points = [new() { Raw = 0.2, Calibrated = 0.1 }, new() { Raw = 0.5, Calibrated = 0.1 }, new() { Raw = 0.9, Calibrated = 0.7 }],
            };
            var (low, high) = (Calibration.Apply(RawScore.FromProbability(Math.Min(a, b)), spec), Calibration.Apply(RawScore.FromProbability(Math.Max(a, b)), spec));
            return low <= high + 1e-12 && low >= 0 && high <= 1;
        });

    [Fact]
    public void Temperature_uses_the_logit_and_isotonic_the_points()
    {
        var hot = new CalibrationSpec { Method = CalibrationMethod.Temperature, Temperature = 2 };
        Assert.Equal(1 / (1 + Math.Exp(-25)), Calibration.Apply(RawScore.FromLogit(50), hot), 12);
        var steps = new CalibrationSpec { Method = CalibrationMethod.Isotonic, Points = [new() { Raw = 0.2, Calibrated = 0 }, new() { Raw = 0.6, Calibrated = 1 }] };
        Assert.Equal(0.5, Calibration.Apply(RawScore.FromProbability(0.4), steps), 9);
        Assert.Equal(1, Calibration.Apply(RawScore.FromProbability(0.7), steps), 9);
    }

    [Fact]
    public void Every_ensemble_stays_within_zero_and_one_and_never_falls_when_a_detector_rises() =>
        Gen.Select(Gen.Select(Gen.Double[0.1, 5], Probability).Array[1, 6], Gen.Enum<EnsembleMethod>(), Gen.Double[-3, 3], Gen.Int[0, 5], Probability)
            .Where((_, method, _, _, _) => method != EnsembleMethod.Stacking)
            .Sample((scores, method, intercept, at, up) =>
            {
                var spec = new EnsembleSpec { Method = method, Intercept = intercept, Families = [new() { Name = "0", Weight = intercept }] };
                using var ensemble = new Ensemble(spec, new VerdictSpec());
                EnsembleMember[] members = [.. scores.Select((each, i) => new EnsembleMember(each.Item1, $"{i % 2}", each.Item2))];
                var before = ensemble.Combine(members);
                members[at % members.Length] = members[at % members.Length] with { Score = Math.Max(scores[at % members.Length].Item2, up) };
                return before is >= 0 and <= 1 && ensemble.Combine(members) >= before - 1e-9;
            });

    [Fact]
    public void Polarity_turned_round_turns_the_score_round() =>
        Gen.Select(Gen.Single[-20, 20], Gen.Enum<OutputKind>()).Where((_, kind) => kind is OutputKind.SigmoidLogit or OutputKind.Probability).Sample((x, kind) =>
        {
            var value = kind == OutputKind.Probability ? (x + 20) / 40 : x;
            var high = Read(kind, new PolaritySpec { HighIsFake = true }, value);
            var low = Read(kind, new PolaritySpec { HighIsFake = false }, value);
            return Math.Abs(high.Probability + low.Probability - 1) < 1e-9 && Math.Abs(high.Logit + low.Logit) < 1e-6;
        });

    [Fact]
    public void Classes_are_a_distribution_and_the_index_says_which_is_fake() =>
        Gen.Single[-30, 30].Array[2, 5].Sample(values =>
        {
            var sum = Enumerable.Range(0, values.Length).Sum(i => Read(OutputKind.SoftmaxLogits, new PolaritySpec { FakeIndex = i }, values).Probability);
            var largest = Array.IndexOf(values, values.Max());
            return Math.Abs(sum - 1) < 1e-9 && Read(OutputKind.SoftmaxLogits, new PolaritySpec { FakeIndex = largest }, values).Probability >= 1d / values.Length - 1e-9;
        });

    [Fact]
    public void Values_that_cannot_be_what_the_descriptor_says_are_an_error_of_the_model()
    {
        Assert.Throws<ScanPipelineItemException>(() => Read(OutputKind.SigmoidLogit, new PolaritySpec { HighIsFake = true }, float.NaN));
        var error = Assert.Throws<ScanPipelineItemException>(() => Read(OutputKind.Probability, new PolaritySpec { HighIsFake = true }, 3.2f));
        Assert.Contains("outputs[0].kind", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_outputs_are_weighted()
    {
        var reader = new OutputReader(
        [
            new OutputSpec { Name = "a", Kind = OutputKind.Probability, Polarity = new PolaritySpec { HighIsFake = true }, Weight = 3 },
            new OutputSpec { Name = "b", Kind = OutputKind.ClassScores, Polarity = new PolaritySpec { FakeIndex = 1 } },
        ], [new OutputTensor("a", [1], 0), new OutputTensor("b", [2], 1)]);
        Assert.Equal(((3 * 0.5) + 0.9) / 4, reader.Read([0.5f, 0.1f, 0.9f]).Score!.Value.Probability, 6);
    }

    private static RawScore Read(OutputKind kind, PolaritySpec polarity, params float[] values) =>
        new OutputReader([new OutputSpec { Name = "o", Kind = kind, Polarity = polarity }], [new OutputTensor("o", [values.Length], 0)]).Read(values).Score!.Value;
}
