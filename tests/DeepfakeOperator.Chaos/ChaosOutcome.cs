using System.Globalization;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Chaos;

/// <summary>What was found after the harm.</summary>
/// <param name="Items">Items of the job.</param>
/// <param name="Kills">Workers killed.</param>
/// <param name="Lost">Items without a verdict: none of them is poison, so a dead letter is a loss too.</param>
/// <param name="Duplicated">Outcomes too many.</param>
/// <param name="RedoneMax">Most items that one kill made another worker do again.</param>
/// <param name="Miscounted">How far the progress topic's counts are off.</param>
public sealed record ChaosOutcome(int Items, int Kills, int Lost, int Duplicated, int RedoneMax, long Miscounted)
{
    /// <summary>A commit interval is at most this many items: the worker's own limit of what is read and not yet published.</summary>
    public const int CommitInterval = 500;

    /// <summary>True: nothing lost, nothing twice, counts exact, and at most one commit interval done again for each kill.</summary>
    public bool IsExact => Lost == 0 && Duplicated == 0 && Miscounted == 0 && RedoneMax <= CommitInterval;

    /// <summary>What the topics and the progress amount to.</summary>
    /// <param name="items">Items of the job.</param>
    /// <param name="kills">Workers killed.</param>
    /// <param name="verdicts">Ids of the committed verdicts.</param>
    /// <param name="deadLetters">Ids of the committed dead letters.</param>
    /// <param name="counts">The progress topic's counts.</param>
    /// <param name="redoneMax">Most items that one kill made another worker do again.</param>
    public static ChaosOutcome Of(
        IReadOnlyCollection<string> items, int kills, IReadOnlyCollection<string> verdicts, IReadOnlyCollection<string> deadLetters,
        ItemCounts counts, int redoneMax)
    {
        List<string> outcomes = [.. verdicts, .. deadLetters];
        var distinct = outcomes.ToHashSet();
        return new ChaosOutcome(
            items.Count,
            kills,
            items.Except(verdicts).Count(),
            outcomes.Count - distinct.Count + distinct.Except(items).Count(),
            redoneMax,
            Math.Abs(counts.Processed - outcomes.Count) + Math.Abs(counts.Failed - deadLetters.Count)
                + Math.Abs(counts.Fake + counts.Real - verdicts.Count));
    }

    /// <summary>The line that other tools read.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"chaos-worker: items={Items} kills={Kills} lost={Lost} duplicated={Duplicated} redone_max={RedoneMax}");
}
