using System.Globalization;

namespace DeepfakeOperator.Chaos;

/// <summary>What was found after the harm.</summary>
/// <param name="Items">Items of the job.</param>
/// <param name="Kills">Workers killed.</param>
/// <param name="Lost">Items without an outcome.</param>
/// <param name="Duplicated">Outcomes too many.</param>
/// <param name="RedoneMax">Most items that one kill made another worker do again.</param>
/// <param name="Miscounted">How far the progress topic's counts are off.</param>
public sealed record ChaosOutcome(int Items, int Kills, int Lost, int Duplicated, int RedoneMax, long Miscounted)
{
    /// <summary>A commit interval is at most this many items: the worker's own limit of what is read and not yet published.</summary>
    public const int CommitInterval = 500;

    /// <summary>True: nothing lost, nothing twice, counts exact, and at most one commit interval done again for each kill.</summary>
    public bool IsExact => Lost == 0 && Duplicated == 0 && Miscounted == 0 && RedoneMax <= CommitInterval;

    /// <summary>The line that other tools read.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"chaos-worker: items={Items} kills={Kills} lost={Lost} duplicated={Duplicated} redone_max={RedoneMax}");
}
