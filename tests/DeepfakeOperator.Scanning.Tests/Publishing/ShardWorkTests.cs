using CsCheck;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Publishing;

namespace DeepfakeOperator.Scanning.Tests.Publishing;

public sealed class ShardWorkTests
{
    private static readonly ShardRecord Shard = new(4, "media", 0, 100, 200);

    [Fact]
    public void Whatever_the_order_of_completion_checkpoints_cover_each_item_once_and_in_order() =>
        // Gaps between offsets, an order of completion, and after how many completions a transaction is made or fails.
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, int.MaxValue], Gen.Bool.Array[1, 30]).Sample((count, seed, commits) =>
        {
            var random = new Random(seed);
            var work = new ShardWork(Shard, 9, slot: 2);
            work.Begin(null);
            var offset = Shard.From;
            var items = Enumerable.Range(0, count).Select(_ =>
            {
                var item = new FedItem(null, offset, offset + 1);
                offset += random.Next(1, 3);
                return item;
            }).ToList();
            foreach (var item in items) Assert.True(work.Feed(item));
            work.ReachedEnd();
            var published = new List<FedItem>();
            var last = Shard.From;
            var turn = 0;
            foreach (var item in items.OrderBy(_ => random.Next()))
            {
                item.Complete(Outcome(random.Next(5)));
                if (work.Prepare(handOver: false) is not { } checkpoint) continue;
                Assert.True(checkpoint.Progress.NextOffset >= last);
                // A transaction that fails is prepared again, and says the same or more.
                if (!commits[turn++ % commits.Length]) continue;
                work.Published(checkpoint);
                published.AddRange(checkpoint.Items);
                last = checkpoint.Progress.NextOffset;
                Assert.Equal(published.Count, checkpoint.Progress.Items.Processed);
            }
            if (work.Prepare(handOver: false) is { } rest)
            {
                work.Published(rest);
                published.AddRange(rest.Items);
            }
            Assert.True(work.Done);
            Assert.Equal(Shard.To, work.NextOffset);
            Assert.Equal(items, published);
        }, iter: 500);

    [Fact]
    public void An_item_in_flight_holds_up_what_follows_it()
    {
        var work = Begun(null);
        var (first, second) = (new FedItem(null, 100, 101), new FedItem(null, 101, 102));
        work.Feed(first);
        work.Feed(second);
        work.Published(work.Prepare(handOver: false)!);
        second.Complete(Outcome(0));

        Assert.Null(work.Prepare(handOver: false));

        first.Complete(Outcome(1));
        Assert.Equal([first, second], work.Prepare(handOver: false)!.Items);
    }

    [Fact]
    public void The_start_is_on_record_and_two_that_move_nothing_isolate_the_shard()
    {
        var first = Begun(null).Prepare(handOver: false)!.Progress;
        Assert.Equal((1, false, 100L), (first.Attempts, first.Isolated, first.NextOffset));
        var second = Begun(first).Prepare(handOver: false)!.Progress;
        Assert.Equal((2, false), (second.Attempts, second.Isolated));

        var third = Begun(second);
        Assert.True(third.Isolated);
        third.Suspect();
        var suspected = third.Prepare(handOver: false)!.Progress;
        Assert.Equal((1, true), (suspected.Attempts, suspected.Isolated));

        var fourth = new ShardWork(Shard, 9, 2);
        Assert.True(fourth.Begin(suspected));
    }

    [Fact]
    public void A_drain_is_no_attempt_and_a_checkpoint_that_moves_starts_the_count_anew()
    {
        var second = Begun(Begun(null).Prepare(handOver: false)!.Progress);
        Assert.Equal(0, second.Prepare(handOver: true)!.Progress.Attempts);

        var item = new FedItem(null, 100, 101);
        second.Feed(item);
        item.Complete(Outcome(0));
        Assert.Equal((1, 101L), (second.Prepare(handOver: false)!.Progress.Attempts, second.Prepare(handOver: false)!.Progress.NextOffset));
    }

    [Fact]
    public void A_shard_that_was_lost_takes_nothing_more()
    {
        var work = Begun(null);
        var item = new FedItem(null, 100, 101);
        work.Feed(item);

        Assert.Equal([item], work.Abandon());
        Assert.False(work.Feed(new FedItem(null, 101, 102)));
    }

    [Fact]
    public void The_ten_highest_scores_are_kept_across_checkpoints_without_query_strings()
    {
        var work = Begun(null);
        for (var i = 0; i < 30; i++)
        {
            var item = new FedItem(null, 100 + i, 101 + i);
            work.Feed(item);
            item.Complete(Outcome(0, score: i * 7 % 30 / 100d, uri: $"https://m.example.org/{i}.jpg?signature=secret"));
            work.Published(work.Prepare(handOver: false)!);
        }
        work.ReachedEnd();
        var top = work.Prepare(handOver: false)!.Progress.Top;

        Assert.Equal(["0.290", "0.280", "0.270", "0.260", "0.250", "0.240", "0.230", "0.220", "0.210", "0.200"], top.Select(finding => finding.Score));
        Assert.All(top, finding => Assert.EndsWith(".jpg", finding.Uri, StringComparison.Ordinal));
    }

    private static ShardWork Begun(ProgressRecord? restored)
    {
        var work = new ShardWork(Shard, 9, 2);
        Assert.False(work.Begin(restored));
        return work;
    }

    private static ItemOutcome Outcome(int kind, double score = 0.5, string? uri = null) => kind == 4
        ? ItemOutcome.Failed(new ItemFailure(ErrorClass.CorruptMedia, "decode", "broken"))
        : ItemOutcome.Judged(new VerdictRecord
        {
            Id = "i",
            Uri = uri,
            Source = new SourcePosition("media", 0, 1),
            ScanJob = "n/j",
            Modality = "image",
            Verdict = (Verdict)kind,
            Score = score,
            Media = new MediaInfo { Sha256 = "", ContentType = "image/png", Bytes = 1 },
            Timings = default,
        });
}
