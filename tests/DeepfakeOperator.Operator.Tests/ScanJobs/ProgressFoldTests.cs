using CsCheck;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class ProgressFoldTests
{
    private static readonly ScanPlan Plan = ScanPlanner.Plan([new PlannedRange("t", 0, 0, 1000)], 100);

    [Fact]
    public void Any_replay_of_cumulative_records_gives_the_same_counts() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var random = new Random(seed);
        var history = new List<ProgressRecord>();
        foreach (var index in Enumerable.Range(0, Plan.Shards).OrderBy(_ => random.Next()))
        {
            var shard = Plan[index];
            for (var at = shard.From; at < shard.To;)
            {
                at = Math.Min(shard.To, at + random.Next(1, 60));
                history.Add(Record(index, at, at - shard.From, done: at == shard.To));
            }
        }
        // Duplicates, as a reader that starts again sees them; in the order of each shard's partition.
        var replayed = Fold(history.SelectMany(record => Enumerable.Repeat(record, random.Next(1, 3))));
        var compacted = Fold(history.GroupBy(record => record.Index).Select(group => group.Last()));
        Assert.Equal(replayed.Items, compacted.Items);
        Assert.Equal(1000, replayed.Items.Processed);
        Assert.Equal(0, replayed.Lag);
        Assert.True(replayed.AllDone);
        Assert.Equal(Plan.Shards, replayed.Shards.Succeeded);
    }, iter: 200);

    [Fact]
    public void Pending_running_and_done_add_up()
    {
        var progress = Fold([Record(0, 50, 50, done: false), Record(1, Plan[1].To, 100, done: true)]);
        Assert.Equal(new ShardCounts { Pending = Plan.Shards - 2, Running = 1, Succeeded = 1 }, progress.Shards);
        Assert.Equal(150, progress.Items.Processed);
        Assert.Equal(850, progress.Lag);
        Assert.False(progress.AllDone);
    }

    [Fact]
    public void A_shard_run_one_item_at_a_time_is_quarantined_until_it_is_done()
    {
        var isolated = Record(0, 50, 50, done: false) with { Isolated = true };
        Assert.Equal(new ShardCounts { Pending = Plan.Shards - 2, Running = 1, Quarantined = 1 }, Fold([isolated, Record(1, 150, 50, done: false)]).Shards);
        Assert.Equal(new ShardCounts { Pending = Plan.Shards - 1, Succeeded = 1 }, Fold([isolated, Record(0, Plan[0].To, 100, done: true)]).Shards);
    }

    [Fact]
    public void A_shard_with_gaps_is_done_when_its_position_reached_the_end()
    {
        var progress = Fold([Record(0, Plan[0].To, 7, done: true)]);
        Assert.Equal(7, progress.Items.Processed);
        Assert.Equal(900, progress.Lag);
    }

    [Fact]
    public void The_rate_is_over_the_last_minute_and_dies_down()
    {
        var clock = new FakeTimeProvider();
        var fold = new ProgressFold(Plan, 1, clock);
        for (var second = 1; second <= 50; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var shard = Plan[(second - 1) / 10];
            var inShard = ((second - 1) % 10 + 1) * 10;
            fold.Take(Record(shard.Index, shard.From + inShard, inShard, done: inShard == 100), 0, live: true);
        }
        var progress = fold.Snapshot();
        Assert.InRange(progress.Rate, 9.5, 10.5);
        Assert.Equal(500, progress.Lag);
        Assert.InRange((progress.EstimatedCompletion!.Value - clock.GetUtcNow()).TotalSeconds, 45, 55);
        clock.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(0, fold.Snapshot().Rate);
        Assert.Null(fold.Snapshot().EstimatedCompletion);
    }

    [Fact]
    public void Old_news_counts_but_has_no_speed()
    {
        var fold = new ProgressFold(Plan, 1, new FakeTimeProvider());
        fold.Take(Record(0, Plan[0].To, 100, done: true), 0, live: false);
        Assert.Equal(100, fold.Snapshot().Items.Processed);
        Assert.Equal(0, fold.Snapshot().Rate);
    }

    [Fact]
    public void The_ten_highest_findings_are_kept_once_each()
    {
        var fold = new ProgressFold(Plan, 1, new FakeTimeProvider());
        for (var shard = 0; shard < 5; shard++)
        {
            var top = Enumerable.Range(0, 4).Select(item => new Finding { Id = $"{shard}-{item}", Score = $"0.{shard}{item}1", Verdict = Verdict.Fake }).ToList();
            fold.Take(Record(shard, Plan[shard].From + 1, 1, done: false) with { Top = top }, 0, live: true);
            fold.Take(Record(shard, Plan[shard].To, 100, done: true) with { Top = top }, 0, live: true);
        }
        var found = fold.Snapshot().Top;
        Assert.Equal(10, found.Select(finding => finding.Id).Distinct().Count());
        Assert.Equal("4-3", found[0].Id);
        Assert.Equal("2-2", found[^1].Id);
    }

    [Fact]
    public void A_record_of_another_plan_is_refused() =>
        Assert.False(new ProgressFold(Plan, 1, new FakeTimeProvider()).Take(Record(Plan.Shards, 0, 0, done: false), 0, live: true));

    private static Progress Fold(IEnumerable<ProgressRecord> records)
    {
        var fold = new ProgressFold(Plan, 1, new FakeTimeProvider());
        foreach (var record in records) Assert.True(fold.Take(record, 0, live: true));
        return fold.Snapshot();
    }

    private static ProgressRecord Record(int index, long next, long items, bool done) =>
        new() { Index = index, NextOffset = next, Items = new ItemCounts { Processed = items, Real = items }, Done = done };
}
