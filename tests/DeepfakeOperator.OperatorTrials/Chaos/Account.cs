using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.OperatorTrials.Chaos;

/// <summary>Holds a finished job's shards and counts against the topic that it scanned.</summary>
/// <param name="Lost">Items that are in no dealt shard, or missing from the counts.</param>
/// <param name="Duplicated">Places too many that items have there.</param>
internal readonly record struct Account(long Lost, long Duplicated)
{
    /// <param name="partitions">Partitions of the topic.</param>
    /// <param name="perPartition">Items in each.</param>
    /// <param name="shards">Shards that were dealt.</param>
    /// <param name="counts">What the status says.</param>
    public static Account Of(int partitions, int perPartition, IEnumerable<ShardRecord> shards, ItemCounts counts)
    {
        var places = new int[partitions, perPartition];
        var outside = 0L;
        foreach (var shard in shards)
        {
            for (var offset = shard.From; offset < shard.To; offset++)
            {
                if (shard.Partition < partitions && offset < perPartition) places[shard.Partition, offset]++;
                else outside++;
            }
        }
        var dealt = places.Cast<int>().ToList();
        var fake = partitions * Enumerable.Range(0, perPartition).Count(offset => offset % 3 == 0);
        var real = dealt.Count - fake;
        return new Account(dealt.Count(place => place == 0), dealt.Sum(place => Math.Max(0, place - 1)) + outside)
            + Of(dealt.Count, counts.Processed) + Of(fake, counts.Fake) + Of(real, counts.Real);
    }

    public static Account operator +(Account left, Account right) => new(left.Lost + right.Lost, left.Duplicated + right.Duplicated);

    private static Account Of(long expected, long counted) => new(Math.Max(0, expected - counted), Math.Max(0, counted - expected));
}
