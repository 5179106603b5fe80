using DeepfakeOperator.Api;
using DeepfakeOperator.OperatorTrials.Cluster;

namespace DeepfakeOperator.OperatorTrials.Chaos;

/// <summary>
/// Kills the operator once in every round, restarts the API server in two of them, and then counts. Each finished job is deleted while the next round
/// runs, so the finalizer is interrupted too.
/// </summary>
internal sealed class ChaosRun(TrialCluster cluster, int rounds, int seed, Action<string> say)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>What the garbage collector may take for what a deleted job owned.</summary>
    private static readonly TimeSpan Collection = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);

    public async Task<ChaosOutcome> RunAsync(CancellationToken cancellation)
    {
        await cluster.CreateTopicAsync(ChaosRound.Topic, ChaosRound.Partitions);
        cluster.Kafka.Publish(ChaosRound.Topic, ChaosRound.Partitions * ChaosRound.PerPartition, ChaosRound.Partitions, cancellation);
        var items = default(Account);
        var ended = 0;
        var moments = Enumerable.Range(0, rounds).Select(round => (Moment)(round % Enum.GetValues<Moment>().Length)).ToArray();
        _random.Shuffle(moments);
        var mortal = await cluster.StartOperatorAsync(cancellation);
        try
        {
            for (; ended < rounds; ended++)
            {
                var (name, moment) = ($"round-{ended + 1}", moments[ended]);
                await using var round = new ChaosRound(cluster, name, moment, _random);
                var delay = await round.BeginAsync(cancellation);
                if (ended == rounds / 3 || ended == rounds * 2 / 3)
                {
                    say("the API server is restarted");
                    await cluster.RestartApiServerAsync(cancellation);
                }
                await mortal.DisposeAsync();
                mortal = await cluster.StartOperatorAsync(cancellation);
                var account = await round.EndAsync(cancellation);
                say($"{name}: killed {delay.TotalMilliseconds:0} ms into {moment}; lost {account.Lost}, duplicated {account.Duplicated}");
                items += account;
                if (moment != Moment.Delete) await cluster.DeleteScanJobAsync(name, cancellation);
            }
            await TrialCluster.UntilAsync(
                async () => (await cluster.NamesAsync("scanjobs", "", cancellation)).Count == 0,
                () => "all jobs are deleted",
                Patience,
                cancellation);
        }
        catch (TrialException stuck)
        {
            say($"{stuck.Message}\nthe operator's log ends with {mortal.LogTail}");
        }
        finally
        {
            await mortal.DisposeAsync();
        }
        return new ChaosOutcome(ended, items, await OrphansAsync(cancellation));
    }

    private async Task<IReadOnlyList<string>> OrphansAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> orphans = [];
        try
        {
            await TrialCluster.UntilAsync(
                async () => (orphans = await LeftAsync(cancellation)).Count == 0, () => string.Join(' ', orphans), Collection, cancellation);
        }
        catch (TrialException left)
        {
            say($"left behind, {left.Message}");
        }
        return orphans;
    }

    /// <summary>No job exists any more, so whatever belongs to one is an orphan.</summary>
    private async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellation)
    {
        var left = new List<string>();
        foreach (var resource in (string[])["jobs", "pods", "configmaps"])
        {
            left.AddRange(await cluster.NamesAsync(resource, ApiGroup.ScanJobLabel, cancellation));
        }
        var prefix = $"deepfake.{TrialCluster.Namespace}.";
        string[] inKafka = [.. cluster.Kafka.TopicNames(), .. await cluster.Kafka.GroupNamesAsync()];
        left.AddRange(inKafka.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)));
        return left;
    }
}
