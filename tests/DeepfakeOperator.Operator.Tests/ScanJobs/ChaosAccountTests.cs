using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.OperatorTrials.Chaos;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

/// <summary>The chaos run must see what it looks for.</summary>
public sealed class ChaosAccountTests
{
    private static readonly ItemCounts Exact = new() { Processed = 12, Fake = 4, Real = 8 };

    [Fact]
    public void A_job_whose_items_all_have_one_place_is_exact() => Assert.Equal(default, AccountOf(Exact, (0, 0, 4), (0, 4, 6), (1, 0, 6)));

    [Fact]
    public void A_shard_that_was_not_dealt_is_lost() => Assert.Equal(new Account(2, 0), AccountOf(Exact, (0, 0, 4), (1, 0, 6)));

    [Fact]
    public void A_shard_that_was_dealt_twice_or_reaches_too_far_is_duplicated() =>
        Assert.Equal(new Account(0, 3), AccountOf(Exact, (0, 0, 6), (0, 4, 6), (1, 0, 7)));

    [Fact]
    public void Counts_that_are_off_are_lost_or_duplicated() =>
        Assert.Equal(new Account(1, 2), AccountOf(new ItemCounts { Processed = 13, Fake = 5, Real = 7 }, (0, 0, 6), (1, 0, 6)));

    [Fact]
    public void A_run_is_exact_only_when_all_its_rounds_ended_and_nothing_was_left()
    {
        Assert.True(new ChaosOutcome(5, default, []).IsExact(5));
        Assert.False(new ChaosOutcome(4, default, []).IsExact(5));
        Assert.False(new ChaosOutcome(5, default, ["jobs/a-w-0"]).IsExact(5));
        Assert.Equal("chaos-operator: rounds=5 lost=1 duplicated=2 orphans=1", new ChaosOutcome(5, new Account(1, 2), ["jobs/a-w-0"]).ToString());
    }

    /// <summary>Two partitions of six items each.</summary>
    private static Account AccountOf(ItemCounts counts, params (int Partition, long From, long To)[] shards) =>
        Account.Of(2, 6, shards.Select((shard, index) => new ShardRecord(index, "media", shard.Partition, shard.From, shard.To)), counts);
}
