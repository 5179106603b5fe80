using DeepfakeOperator.Api.Internal;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

internal static class Shards
{
    /// <summary>The dealt shards are those of a plan of so many items, each of them once.</summary>
    public static void AssertEachOnce(IReadOnlyList<ShardRecord> shards, long items)
    {
        Assert.Equal(Enumerable.Range(0, shards.Count), shards.Select(shard => shard.Index).Order());
        Assert.Equal(items, shards.Sum(shard => shard.To - shard.From));
        foreach (var ranges in shards.GroupBy(shard => (shard.Topic, shard.Partition)).Select(range => range.OrderBy(shard => shard.From).ToList()))
        {
            for (var i = 1; i < ranges.Count; i++) Assert.Equal(ranges[i - 1].To, ranges[i].From);
        }
    }
}
