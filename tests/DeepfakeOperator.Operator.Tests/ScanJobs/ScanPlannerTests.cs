using System.Diagnostics;
using CsCheck;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class ScanPlannerTests
{
    private static readonly Gen<List<PlannedRange>> Ranges = Gen.Select(Gen.Long[0, 50], Gen.Long[0, 3000])
        .List[0, 20]
        .Select(list => list.Select((range, index) => new PlannedRange(index % 2 == 0 ? "a" : "b", index / 2, range.Item1, range.Item1 + range.Item2)).ToList());

    [Fact]
    public void Every_offset_is_in_exactly_one_shard() => Gen.Select(Ranges, Gen.Int[1, 700]).Sample((ranges, items) =>
    {
        var plan = ScanPlanner.Plan(ranges, items);
        var shards = Shards(plan);
        foreach (var range in ranges)
        {
            var at = range.From;
            foreach (var shard in shards.Where(s => s.Topic == range.Topic && s.Partition == range.Partition).OrderBy(s => s.From))
            {
                Assert.Equal(at, shard.From);
                Assert.InRange(shard.To - shard.From, 1, items);
                at = shard.To;
            }
            Assert.Equal(range.To, at);
        }
        Assert.Equal(ranges.Sum(range => range.To - range.From), plan.Items);
        Assert.Equal(shards.Select((_, index) => index), shards.Select(shard => shard.Index));
    });

    [Fact]
    public void The_last_tenth_is_cut_four_times_as_fine() => Gen.Select(Ranges, Gen.Int[4, 300]).Sample((ranges, items) =>
    {
        var plan = ScanPlanner.Plan(ranges, items);
        var quarter = (items + 3) / 4;
        var fineFrom = Shards(plan).FindLastIndex(shard => shard.To - shard.From > quarter) + 1;
        var fine = plan.Items - plan.ItemsBefore(fineFrom);
        // Never less than the tenth, but for a last coarse shard that happens to be short; never more than the tenth and a shard for each range.
        Assert.True(fine >= plan.Items / 10 - quarter, $"{fine} of {plan.Items}");
        Assert.True(fine <= plan.Items / 10 + (long)items * ranges.Count + 1, $"{fine} of {plan.Items}");
    });

    [Fact]
    public void Items_before_a_shard_are_the_sum_of_the_shards_before_it() => Gen.Select(Ranges, Gen.Int[1, 300]).Sample((ranges, items) =>
    {
        var plan = ScanPlanner.Plan(ranges, items);
        var sum = 0L;
        for (var index = 0; index < plan.Shards; index++)
        {
            Assert.Equal(sum, plan.ItemsBefore(index));
            sum += plan[index].To - plan[index].From;
        }
        Assert.Equal(sum, plan.ItemsBefore(plan.Shards));
    });

    [Fact]
    public void The_first_shards_come_from_all_partitions()
    {
        var ranges = Enumerable.Range(0, 8).Select(partition => new PlannedRange("t", partition, 0, 10_000)).ToList();
        var plan = ScanPlanner.Plan(ranges, 100);
        Assert.Equal(8, Enumerable.Range(0, 8).Select(index => plan[index].Partition).Distinct().Count());
    }

    [Fact]
    public void A_hundred_million_offsets_over_64_partitions_are_planned_in_no_time()
    {
        var ranges = Enumerable.Range(0, 64).Select(partition => new PlannedRange("t", partition, 0, 100_000_000 / 64)).ToList();
        var watch = Stopwatch.StartNew();
        var plan = ScanPlanner.Plan(ranges, 512);
        var items = 0L;
        for (var index = 0; index < plan.Shards; index++) items += plan[index].To - plan[index].From;
        Assert.Equal(100_000_000, items);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    private static List<ShardRecord> Shards(ScanPlan plan) => [.. Enumerable.Range(0, plan.Shards).Select(index => plan[index])];
}
