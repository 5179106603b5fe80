using System.Security.Cryptography;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Verdicts;

namespace DeepfakeOperator.Scanning.Tests.Verdicts;

public sealed class EnsembleTests
{
    [Theory]
    [InlineData(EnsembleMethod.WeightedMean, 0.7)] // (3 · 0.9 + 0.1) ÷ 4
    [InlineData(EnsembleMethod.Max, 0.9)]
    [InlineData(EnsembleMethod.NoisyOr, 0.91)] // 1 − 0.1 · 0.9
    [InlineData(EnsembleMethod.Logistic, 0.858148935)] // sigmoid(−1 + 2.7 + 0.1)
    [InlineData(EnsembleMethod.Vote, 0.75)]
    public void Known_values(EnsembleMethod method, double expected) =>
        Assert.Equal(expected, Combine(new EnsembleSpec { Method = method, Intercept = -1 }, new(3, null, 0.9), new(1, null, 0.1)), 9);

    [Fact]
    public void Logistic_takes_any_weight_and_a_missing_detector_counts_as_stated()
    {
        var spec = new EnsembleSpec { Method = EnsembleMethod.Logistic, Intercept = -1 };
        // sigmoid(−1 + 2 · 0.9 − 0.4) = sigmoid(0.4)
        Assert.Equal(0.598687660, Combine(spec, new(2, null, 0.9), new(-1, null, 0.4)), 9);
        // −1 + 1.8 − 0.5 = 0.3; left out, −1 + 1.8 = 0.8
        Assert.Equal(0.574442517, Combine(spec with { MissingScore = 0.5 }, new(2, null, 0.9), new(-1, null, null)), 9);
        Assert.Equal(0.689974481, Combine(spec, new(2, null, 0.9), new(-1, null, null)), 9);
    }

    [Fact]
    public void So_many_votes_make_the_score_one_and_fewer_count_in_proportion()
    {
        var spec = new EnsembleSpec { Method = EnsembleMethod.Vote, MinVotes = 2 };
        Assert.Equal(1, Combine(spec, new(1, null, 0.9), new(1, null, 0.8), new(100, null, 0.1)), 9);
        Assert.Equal(1, Combine(spec, new(1, null, 0.9), new(1, null, 0.8), new(1, null, 0.95)), 9);
        Assert.Equal(0.5, Combine(spec, new(1, null, 0.9), new(1, null, 0.79), new(1, null, null)), 9);
        Assert.Equal(0, Combine(spec, new(1, null, 0.1), new(1, null, null), new(1, null, null)), 9);
    }

    [Fact]
    public void Two_tiers_are_the_mean_of_a_family_and_the_softmax_over_families()
    {
        var spec = new EnsembleSpec
        {
            Method = EnsembleMethod.TwoTier,
            Families = [new DetectorFamily { Name = "spatial", Weight = 1 }, new DetectorFamily { Name = "frequency" }],
        };
        // softmax(1, 0) = e ÷ (e + 1) = 0.731058579 and 0.268941421: 0.731058579 · (0.9 + 0.7) ÷ 2 + 0.268941421 · 0.2
        Assert.Equal(0.638635147, Combine(spec, new(1, "spatial", 0.9), new(1, "frequency", 0.2), new(1, "spatial", 0.7)), 9);
        // A detector that is missing is left out of its family, a family that is missing of the softmax.
        Assert.Equal(0.711741005, Combine(spec, new(1, "spatial", 0.9), new(1, "frequency", 0.2), new(1, "spatial", null)), 9);
        Assert.Equal(0.8, Combine(spec, new(1, "spatial", 0.9), new(1, "frequency", null), new(1, "spatial", 0.7)), 9);
        // exp(1000) is no number; the softmax of weights so far apart is the larger one.
        var far = spec with { Families = [new DetectorFamily { Name = "spatial", Weight = 1000 }] };
        Assert.Equal(0.9, Combine(far, new(1, "spatial", 0.9), new(1, "frequency", 0.2)), 9);
    }

    [Fact]
    public async Task Families_reach_the_verdict()
    {
        await using var scan = new TestScan();
        DetectorFamily[] families = [new() { Name = "a", Weight = 1 }, new() { Name = "b" }];
        var configuration = Job(scan, new EnsembleSpec { Method = EnsembleMethod.TwoTier, Families = families }, Bright, Dark);
        await scan.StartAsync(configuration with
        {
            Detectors = [configuration.Detectors[0] with { Family = "a" }, configuration.Detectors[1] with { Family = "b" }],
        });
        // The scores are sigmoid(±1), and so are the shares of the families: 0.731058579² + 0.268941421².
        Assert.Equal(0.606776133, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(144)))).Score!.Value, 6);
    }

    [Fact]
    public async Task Stacking_feeds_the_scores_in_order_and_a_missing_one_as_stated()
    {
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(Job(scan, Stack, Bright, Dark));
            // sigmoid(4 · (0.731058579 − 0.268941421))
            Assert.Equal(0.863947202, (await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(144)))).Score!.Value, 6);
        }
        await using (var scan = new TestScan())
        {
            await scan.StartAsync(Job(scan, Stack, Bright, Dark with { Gates = new GatesSpec { MinSide = 1000 } }));
            var verdict = await scan.JudgeAsync(TestScan.Inline(Pictures.Gray(144)));
            Assert.Null(verdict.Detectors[1].Calibrated);
            // sigmoid(4 · (0.731058579 − 0.5))
            Assert.Equal(0.715904090, verdict.Score!.Value, 6);
        }
    }

    [Fact]
    public async Task A_model_that_does_not_fit_the_detectors_is_refused_by_name()
    {
        await using var scan = new TestScan();
        var (other, changed) = (Stack with { Model = TestScan.MeanPlanes.Model }, Stack with { Model = Stack.Model! with { Sha256 = new string('0', 64) } });
        await Refused("(ModelMismatch): model: it takes 'scores' Float [-1, 2]; one input of Float [-1, 3]", Stack, Bright, Bright, Bright);
        await Refused("(ModelMismatch): model: it takes 'image' Float [-1, 3, 8, 8]", other, Bright);
        await Refused("(ChecksumMismatch): model.sha256", changed, Bright, Dark);

        async Task Refused(string why, EnsembleSpec spec, params DetectorSpec[] detectors) =>
            Assert.Contains(why, (await Assert.ThrowsAsync<PodFatalException>(() => scan.StartAsync(Job(scan, spec, detectors)))).Message, StringComparison.Ordinal);
    }

    private static DetectorSpec Bright => TestScan.MeanBytes;

    private static DetectorSpec Dark => Bright with { Outputs = [Bright.Outputs[0] with { Polarity = new PolaritySpec { HighIsFake = false } }] };

    private static EnsembleSpec Stack => new()
    {
        Method = EnsembleMethod.Stacking,
        MissingScore = 0.5,
        Model = new ModelSpec
        {
            Uri = "bundled:stack.onnx",
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(TestScan.ModelFolder, "stack.onnx")))),
        },
    };

    private static ScanConfiguration Job(TestScan scan, EnsembleSpec spec, params DetectorSpec[] detectors)
    {
        var configuration = scan.Configuration(detectors);
        return configuration with { Spec = configuration.Spec with { Ensemble = spec } };
    }

    private static double Combine(EnsembleSpec spec, params EnsembleMember[] members)
    {
        using var ensemble = new Ensemble(spec, new VerdictSpec());
        return ensemble.Combine(members);
    }
}
