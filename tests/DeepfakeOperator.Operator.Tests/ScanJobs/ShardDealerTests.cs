using CsCheck;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class ShardDealerTests
{
    private static readonly Gen<PartitionLoad> Load =
        Gen.Select(Gen.Int[0, 40], Gen.Long[0, 512], Gen.OneOf(Gen.Const(0d), Gen.Double[0.1, 500])).Select((shards, each, rate) => new PartitionLoad(shards, shards * each, rate));

    [Fact]
    public void Shards_are_dealt_in_order_and_each_to_one_partition() =>
        Gen.Select(Gen.Long[0, 200_000], Gen.Int[1, 600], Load.Array[1, 40], Gen.Double.Unit).Sample((items, size, loads, share) =>
        {
            var plan = PlanOf(items, size);
            var dealt = (int)(plan.Shards * share);
            var deals = ShardDealer.Deal(plan, dealt, loads);
            Assert.Equal(Enumerable.Range(dealt, deals.Count), deals.Select(deal => deal.Index));
            Assert.All(deals, deal => Assert.InRange(deal.Partition, 0, loads.Length - 1));
        });

    [Fact]
    public void No_partition_stays_empty_while_shards_are_left() =>
        Gen.Select(Gen.Long[1, 200_000], Gen.Int[1, 600], Load.Array[1, 40]).Sample((items, size, loads) =>
        {
            var plan = PlanOf(items, size);
            var deals = ShardDealer.Deal(plan, 0, loads);
            var empty = Enumerable.Range(0, loads.Length).Count(partition => loads[partition].Shards == 0 && deals.All(deal => deal.Partition != partition));
            Assert.True(empty == 0 || deals.Count == plan.Shards);
        });

    [Fact]
    public void About_a_minute_of_work_is_kept_in_each_partition()
    {
        var plan = PlanOf(10_000_000, 500);
        var deals = ShardDealer.Deal(plan, 0, [new PartitionLoad(0, 0, 100), new PartitionLoad(0, 0, 400)]);
        Assert.Equal(12, deals.Count(deal => deal.Partition == 0));
        Assert.Equal(48, deals.Count(deal => deal.Partition == 1));
    }

    [Fact]
    public void With_no_rate_known_every_partition_gets_two()
    {
        var deals = ShardDealer.Deal(PlanOf(1_000_000, 500), 0, new PartitionLoad[16]);
        Assert.Equal(32, deals.Count);
        Assert.All(deals.GroupBy(deal => deal.Partition), group => Assert.Equal(2, group.Count()));
    }

    [Fact]
    public void Fewer_shards_than_partitions_go_to_one_partition_each()
    {
        var deals = ShardDealer.Deal(PlanOf(5, 1), 0, new PartitionLoad[16]);
        Assert.Equal(5, deals.Select(deal => deal.Partition).Distinct().Count());
    }

    [Theory]
    [InlineData("equal", 1, 1, 1, 1)]
    [InlineData("two kinds", 1, 4, 1, 4)]
    [InlineData("one slow", 8, 8, 8, 1)]
    [InlineData("all different", 1, 2, 3, 5)]
    public void Workers_of_mixed_speed_finish_within_a_tenth_of_the_ideal(string speeds, params int[] pattern)
    {
        var rates = Enumerable.Range(0, 16).Select(worker => pattern[worker % pattern.Length] * 20d).ToArray();
        var ratio = Simulate(PlanOf(16 * 50 * 512, 512), rates, joinAt: _ => 0);
        Assert.True(ratio <= 1.10, $"{speeds}: {ratio:0.000} of the ideal");
    }

    [Fact]
    public void A_late_worker_gets_its_part()
    {
        var rates = Enumerable.Repeat(40d, 16).ToArray();
        var ratio = Simulate(PlanOf(16 * 50 * 512, 512), rates, joinAt: worker => worker == 0 ? 240 : 0);
        Assert.True(ratio <= 1.10, $"{ratio:0.000} of the ideal");
    }

    /// <summary>One worker to a partition, a step a second, progress seen a second late. Gives the finish over the ideal (all work shared without a rest).</summary>
    private static double Simulate(ScanPlan plan, double[] speeds, Func<int, double> joinAt)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var fold = new ProgressFold(plan, speeds.Length, clock);
        var queues = speeds.Select(_ => new Queue<ShardRecord>()).ToArray();
        var positions = new double[speeds.Length];
        var dealt = 0;
        var seconds = 0;
        for (; !fold.Snapshot().AllDone; seconds++)
        {
            foreach (var deal in ShardDealer.Deal(plan, dealt, fold.Snapshot().Loads))
            {
                fold.Deal(deal);
                queues[deal.Partition].Enqueue(plan[deal.Index]);
                dealt++;
            }
            clock.Advance(TimeSpan.FromSeconds(1));
            for (var worker = 0; worker < speeds.Length; worker++)
            {
                if (seconds < joinAt(worker)) continue;
                var budget = speeds[worker];
                while (budget > 0 && queues[worker].TryPeek(out var shard))
                {
                    var done = Math.Min(budget, shard.To - shard.From - positions[worker]);
                    budget -= done;
                    positions[worker] += done;
                    var finished = positions[worker] >= shard.To - shard.From - 1e-9;
                    fold.Take(
                        new ProgressRecord { Index = shard.Index, NextOffset = shard.From + (long)positions[worker], Items = new(), Done = finished }, worker, live: true);
                    if (!finished) continue;
                    queues[worker].Dequeue();
                    positions[worker] = 0;
                }
            }
            Assert.True(seconds < 100_000, "never finished");
        }
        var ideal = (plan.Items + speeds.Select((speed, worker) => speed * joinAt(worker)).Sum()) / speeds.Sum();
        return seconds / ideal;
    }

    private static ScanPlan PlanOf(long items, int size) =>
        ScanPlanner.Plan([.. Enumerable.Range(0, 4).Select(partition => new PlannedRange("t", partition, 0, items / 4 + (partition < items % 4 ? 1 : 0)))], size);
}
