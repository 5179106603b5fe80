using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Tests.Autoscaling;

/// <summary>Workers whose GPU is much slower than the others'.</summary>
public sealed class SlowWorkerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ScalingPolicy Policy = new()
    {
        Mode = ScanMode.Batch, Min = 0, Max = 8, Target = TimeSpan.FromHours(1), ScaleDownDelay = TimeSpan.FromSeconds(120),
    };

    [Fact]
    public void A_slow_worker_that_the_rest_can_do_without_is_sent_away() =>
        Assert.Equal(2, Autoscaler.Decide(Policy, Input([5, 20, 20], left: 60_000) with { Last = Waited(3) }).Desired);

    [Fact]
    public void One_that_the_rest_cannot_do_without_is_exchanged_once_all_are_known_and_stays_until_the_new_one_is_ready()
    {
        var input = Input([5, 20, 20], left: 125_000);
        Assert.Equal((4, Reasons.ExchangingSlow), Of(Autoscaler.Decide(Policy, input)));
        Assert.Equal(3, Autoscaler.Decide(Policy, input with { Rates = [20, 20] }).Desired);
        Assert.Equal(4, Autoscaler.Decide(Policy, input with { Pending = 1, Last = Waited(4) }).Desired);
        Assert.Equal(3, Autoscaler.Decide(Policy, input with { Ready = 4, Last = Waited(4) }).Desired);
    }

    [Fact]
    public void Chance_is_not_slowness_and_near_the_end_nobody_is_exchanged()
    {
        Assert.Equal(3, Autoscaler.Decide(Policy, Input([18, 20, 20], left: 125_000)).Desired);
        Assert.Equal(3, Autoscaler.Decide(Policy, Input([5, 20, 20], left: 8_000) with { Elapsed = TimeSpan.FromSeconds(3350) }).Desired);
    }

    [Fact]
    public void A_workers_rate_counts_while_it_has_work_and_is_its_own()
    {
        var rates = new SlotRates();
        var ready = new Dictionary<int, string> { [0] = "a", [1] = "b" };
        for (var second = 0; second <= 400; second += 5)
        {
            var busy = second <= 320 ? new HashSet<int> { 0, 1 } : [0];
            rates.Observe(Start.AddSeconds(second), Progress(busy, new() { [0] = second * 10, [1] = Math.Min(second, 320) * 2 }), ready);
        }
        Assert.Equal(10, rates.Known(ready)[0], 0.1);
        Assert.Equal(2, rates.Known(ready)[1], 0.1);
        // The same slot with another worker: nothing is known of that one, and the one that went is not forgotten.
        ready[1] = "c";
        rates.Observe(Start.AddSeconds(405), Progress(new HashSet<int> { 0, 1 }, new() { [0] = 4050, [1] = 640 }), ready);
        Assert.Equal([0], rates.Known(ready).Keys);
        Assert.Equal(6, rates.Typical(null)!.Value, 0.1);
        Assert.Equal(8, rates.Typical(12)!.Value, 0.1);
    }

    private static (int, string) Of(ScalingDecision decision) => (decision.Desired, decision.Reason);

    /// <summary>The delay is over, and nothing more was needed in it.</summary>
    private static ScalingDecision Waited(int workers) => new(workers, "", "") { LowerSince = Start, HighestSince = 0 };

    private static ScalingInput Input(double[] rates, long left) => new()
    {
        Now = Start.AddSeconds(600),
        Elapsed = TimeSpan.FromSeconds(600),
        OffsetsKnown = true,
        Left = left,
        Shards = 500,
        RatePerWorker = rates.Average(),
        Rates = rates,
        TypicalRate = rates.Average(),
        Ready = rates.Length,
        Pending = 0,
        StartUp = TimeSpan.FromSeconds(100),
    };

    private static Progress Progress(IReadOnlySet<int> busy, Dictionary<int, long> items) => new()
    {
        Items = new ItemCounts(),
        Shards = new ShardCounts(),
        Top = [],
        Lag = 1000,
        Rate = 0,
        Dealt = 0,
        Loads = [],
        BusySlots = busy,
        SlotItems = items,
        AllDone = false,
    };
}
