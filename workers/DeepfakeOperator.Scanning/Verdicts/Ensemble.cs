using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning.Inference;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Verdicts;

/// <summary>How the calibrated scores of several detectors become one.</summary>
/// <param name="spec">The rule.</param>
/// <param name="verdict">What counts as a vote.</param>
/// <param name="model">The small model of method Stacking; null for others.</param>
internal sealed class Ensemble(EnsembleSpec spec, VerdictSpec verdict, MetaModel? model = null) : IDisposable
{
    /// <summary>The ensemble of a job, its model loaded where it has one.</summary>
    /// <exception cref="PodFatalException">The model cannot be run.</exception>
    internal static async Task<Ensemble> LoadAsync(ScanJobSpec job, int detectors, ModelStore store, ILogger logger, CancellationToken ct) =>
        new(job.Ensemble, job.Verdict,
            job.Ensemble.Method == EnsembleMethod.Stacking ? await MetaModel.LoadAsync(job.Ensemble, detectors, store, logger, ct) : null);

    public void Dispose() => model?.Dispose();

    /// <summary>The item's score, 0 to 1. All detectors of the job in their order, of which at least one is heard.</summary>
    /// <exception cref="ScanPipelineItemException">The model of method Stacking gives no probability.</exception>
    internal double Combine(IReadOnlyList<EnsembleMember> members)
    {
        var heard = members.Where(member => member.Score is not null)
            .Select(member => (member.Weight, member.Family, Score: member.Score!.Value)).ToArray();
        var scores = heard.Select(member => (member.Weight, member.Score)).ToArray();
        var result = spec.Method switch
        {
            EnsembleMethod.WeightedMean => Mean(scores),
            EnsembleMethod.Max => scores.Max(member => member.Score),
            EnsembleMethod.NoisyOr => Aggregation.NoisyOr(scores.Select(member => member.Score)),
            EnsembleMethod.Logistic => RawScore.Sigmoid(spec.Intercept + members.Sum(member => member.Weight * ScoreOf(member))),
            EnsembleMethod.Vote => Vote(scores),
            EnsembleMethod.TwoTier => TwoTier(heard.GroupBy(member => member.Family, member => (member.Weight, member.Score))),
            EnsembleMethod.Stacking => model!.Score([.. members.Select(member => (float)ScoreOf(member))]),
            _ => throw new ArgumentOutOfRangeException(nameof(members), spec.Method, "not an ensemble method"),
        };
        // A weighted mean of ones may come out as 1 + 2e-16.
        return Math.Clamp(result, 0, 1);
    }

    /// <summary>Nothing is added for a detector that is left out.</summary>
    private double ScoreOf(EnsembleMember member) => member.Score ?? spec.MissingScore ?? 0;

    private static double Mean(IReadOnlyCollection<(double Weight, double Score)> scores) =>
        scores.Sum(member => member.Weight * member.Score) / scores.Sum(member => member.Weight);

    private double Vote(IReadOnlyCollection<(double Weight, double Score)> scores)
    {
        var votes = scores.Where(member => member.Score >= verdict.FakeAtOrAbove).ToArray();
        return spec.MinVotes is { } wanted
            ? votes.Length / (double)wanted
            : votes.Sum(member => member.Weight) / scores.Sum(member => member.Weight);
    }

    /// <summary>AWARE-NET's: detectors of one family share its weight, so that many of a kind do not outvote the rest.</summary>
    private double TwoTier(IEnumerable<IGrouping<string?, (double Weight, double Score)>> families)
    {
        var tiers = families.Select(family => (
            Exponent: spec.Families.FirstOrDefault(each => each.Name == family.Key)?.Weight ?? 0,
            Score: Mean([.. family]))).ToArray();
        // The largest is taken off first: exp of the rest cannot overflow, and the softmax is the same.
        var largest = tiers.Max(tier => tier.Exponent);
        return Mean([.. tiers.Select(tier => (Math.Exp(tier.Exponent - largest), tier.Score))]);
    }
}
