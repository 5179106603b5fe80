using System.Globalization;

namespace DeepfakeOperator.OperatorTrials.Chaos;

/// <summary>What was found after the harm.</summary>
/// <param name="Rounds">Rounds that came to their end.</param>
/// <param name="Items">The accounts of all finished jobs.</param>
/// <param name="Orphans">What deleted jobs left behind: Jobs, pods, ConfigMaps, topics, groups.</param>
internal sealed record ChaosOutcome(int Rounds, Account Items, IReadOnlyList<string> Orphans)
{
    /// <summary>Nothing lost, nothing twice, nothing left behind, in all of so many rounds.</summary>
    public bool IsExact(int rounds) => Rounds == rounds && Items == default && Orphans.Count == 0;

    /// <summary>The line that other tools read.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"chaos-operator: rounds={Rounds} lost={Items.Lost} duplicated={Items.Duplicated} orphans={Orphans.Count}");
}
