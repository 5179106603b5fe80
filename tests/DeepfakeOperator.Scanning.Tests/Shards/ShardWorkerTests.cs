using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Chaos;

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>Shards on a real broker. The pipeline is scripted: its own tests are elsewhere, and here only records count.</summary>
[Collection(nameof(ShardWorkerTests))]
public sealed partial class ShardWorkerTests(KafkaFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_item_is_published_once_while_workers_come_and_go()
    {
        var scenario = await fixture.NewJobAsync(partitions: 4);
        await scenario.CreateAsync();
        await scenario.PublishAsync(3000, Cancelled);
        var shards = await scenario.DealAsync(100, Cancelled);

        await using var first = Start(scenario, 0, Slowly);
        await scenario.FollowAsync(3, null, Cancelled);
        await using var second = Start(scenario, 1, Slowly);
        await scenario.FollowAsync(10, null, Cancelled);
        await first.DrainAsync();
        await using var third = Start(scenario, 2, Slowly);
        var progress = await scenario.FollowAsync(shards, null, Cancelled);

        var ids = await IdsAsync(scenario);
        Assert.Equal(3000, ids.Count);
        Assert.Equal(3000, ids.Distinct().Count());
        var counts = progress.Values.Aggregate(new ItemCounts(), (sum, record) => sum + record.Items);
        Assert.Equal((3000, 1500, 1500), (counts.Processed, counts.Fake, counts.Real));
    }

    [Fact]
    public async Task Transaction_markers_in_the_source_are_no_items()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(95, Cancelled, transactionalId: scenario.Source);
        var end = await scenario.EndAsync(0);
        Assert.Equal(105, end);
        var shards = await scenario.DealAsync(21, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        var progress = await scenario.FollowAsync(shards, null, Cancelled);

        Assert.Equal(95, progress.Values.Sum(record => record.Items.Processed));
        Assert.Equal(95, (await IdsAsync(scenario)).Distinct().Count());
    }

    [Fact]
    public async Task Records_that_retention_took_are_reported_and_the_rest_goes_on()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(100, Cancelled);
        using (var admin = scenario.Admin()) await admin.DeleteRecordsAsync([new TopicPartitionOffset(scenario.Source, 0, 30)]);
        var shards = await scenario.DealAsync(25, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        var progress = await scenario.FollowAsync(shards, null, Cancelled);

        Assert.Equal(70, (await IdsAsync(scenario)).Count);
        var letters = await scenario.ReadDeadLettersAsync(Cancelled);
        Assert.Equal(["0", "25"], letters.Select(letter => Header(letter, DeadLetterHeaders.Offset)).Order());
        Assert.All(letters, letter => Assert.Equal(nameof(ErrorClass.SourceExpired), Header(letter, DeadLetterHeaders.ErrorClass)));
        Assert.Contains("offsets 25 to 29", Header(letters.Single(letter => Header(letter, DeadLetterHeaders.Offset) == "25"), DeadLetterHeaders.Message), StringComparison.Ordinal);
        Assert.Equal(72, progress.Values.Sum(record => record.Items.Processed));
        Assert.Equal(2, progress.Values.Sum(record => record.Items.Failed));
    }

    [Fact]
    public async Task What_is_no_item_becomes_a_dead_letter_with_all_it_had()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        var kafka = await fixture.RealAsync();
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build())
        {
            var record = new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = "{\"uri\":7}"u8.ToArray(), Headers = new Headers { { "mine", "x"u8.ToArray() } } };
            await producer.ProduceAsync(scenario.Source, record, Cancelled);
            await producer.ProduceAsync(scenario.Source, new Message<byte[], byte[]> { Key = "tomb"u8.ToArray(), Value = null! }, Cancelled);
        }
        await scenario.DealAsync(10, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        await scenario.FollowAsync(1, null, Cancelled);

        var letters = await scenario.ReadDeadLettersAsync(Cancelled);
        var letter = letters[0];
        Assert.Equal(("k", "{\"uri\":7}", "x"), (Encoding.UTF8.GetString(letter.Key), Encoding.UTF8.GetString(letter.Value), Header(letter, "mine")));
        Assert.Equal(("RecordInvalid", "feed", "1"), (Header(letter, DeadLetterHeaders.ErrorClass), Header(letter, DeadLetterHeaders.Stage), Header(letter, DeadLetterHeaders.Attempts)));
        Assert.Equal((scenario.Source, "0", "0"), (Header(letter, DeadLetterHeaders.Topic), Header(letter, DeadLetterHeaders.Partition), Header(letter, DeadLetterHeaders.Offset)));
        Assert.Contains("no value", Header(letters[1], DeadLetterHeaders.Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_a_cloud_event_that_a_second_run_would_repeat()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(1, Cancelled);
        await scenario.DealAsync(10, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        await scenario.FollowAsync(1, null, Cancelled);

        var result = Assert.Single(await scenario.ReadResultsAsync(Cancelled));
        Assert.Equal("item-0", Encoding.UTF8.GetString(result.Key));
        Assert.Equal(
            ("1.0", VerdictRecord.EventType, $"{scenario.Source}-0-0", "item-0", "application/json"),
            (Header(result, "ce_specversion"), Header(result, "ce_type"), Header(result, "ce_id"), Header(result, "ce_subject"), Header(result, "content-type")));
        Assert.Equal("item-0", JsonSerializer.Deserialize<VerdictRecord>(result.Value, ApiJson.Options)!.Id);
    }

    [Fact]
    public async Task A_worker_goes_on_at_the_checkpoint_and_never_begins_what_is_done()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(100, Cancelled);
        await scenario.LeaveAsync(new ProgressRecord { Index = 0, NextOffset = 50, Items = new ItemCounts { Processed = 50, Real = 50 }, Done = true }, Cancelled);
        await scenario.LeaveAsync(new ProgressRecord { Index = 1, NextOffset = 80, Items = new ItemCounts { Processed = 30, Fake = 30 }, Attempts = 1 }, Cancelled);
        await scenario.DealAsync(50, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        var progress = await scenario.FollowAsync(2, null, Cancelled);

        Assert.Equal(20, (await IdsAsync(scenario)).Count);
        Assert.Equal((50, 40, 10), (progress[1].Items.Processed, progress[1].Items.Fake, progress[1].Items.Real));
        Assert.Equal(0, progress[1].Attempts);
    }

    [Fact]
    public async Task A_shard_that_killed_two_workers_runs_one_item_at_a_time()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(40, Cancelled);
        await scenario.LeaveAsync(new ProgressRecord { Index = 1, NextOffset = 20, Items = new ItemCounts(), Attempts = 2 }, Cancelled);
        await scenario.DealAsync(20, Cancelled);
        var inFlight = 0;
        var most = new ConcurrentDictionary<long, int>();

        await using var worker = Start(scenario, 0, async (item, done, ct) =>
        {
            most[item.Position.Offset] = Interlocked.Increment(ref inFlight);
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            done(ItemOutcome.Judged(ShardTopics.Judge(item)));
        });
        var progress = await scenario.FollowAsync(2, null, Cancelled);

        Assert.All(most.Where(pair => pair.Key >= 20), pair => Assert.Equal(1, pair.Value));
        Assert.Equal(40, (await IdsAsync(scenario)).Distinct().Count());
        Assert.False(progress[1].Isolated);
    }

    [Fact]
    public async Task The_item_that_killed_the_worker_alone_is_a_dead_letter_and_is_not_run_again()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(10, Cancelled);
        await scenario.LeaveAsync(new ProgressRecord { Index = 0, NextOffset = 4, Items = new ItemCounts { Processed = 4, Real = 4 }, Attempts = 1, Isolated = true }, Cancelled);
        await scenario.DealAsync(20, Cancelled);
        var run = new ConcurrentBag<long>();

        await using var worker = Start(scenario, 0, (item, done, ct) =>
        {
            run.Add(item.Position.Offset);
            return Now(item, done, ct);
        });
        var progress = await scenario.FollowAsync(1, null, Cancelled);

        Assert.Equal([5, 6, 7, 8, 9], run.Order());
        var letter = Assert.Single(await scenario.ReadDeadLettersAsync(Cancelled));
        Assert.Equal(("item-4", "WorkerCrash", "3"), (Encoding.UTF8.GetString(letter.Key), Header(letter, DeadLetterHeaders.ErrorClass), Header(letter, DeadLetterHeaders.Attempts)));
        Assert.Equal((10, 1), (progress[0].Items.Processed, progress[0].Items.Failed));
    }

    [Fact]
    public async Task A_drain_publishes_what_was_in_flight_and_counts_as_no_attempt()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(500, Cancelled);
        await scenario.DealAsync(500, Cancelled);
        var waiting = new ConcurrentQueue<(SourceItem Item, Action<ItemOutcome> Done)>();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var worker = Start(scenario, 0, (item, done, _) =>
        {
            waiting.Enqueue((item, done));
            if (waiting.Count == 100) reached.TrySetResult();
            return ValueTask.CompletedTask;
        }, options => options with { MaxInFlight = 100 });
        await reached.Task.WaitAsync(Cancelled);
        var drained = worker.DrainAsync();
        Assert.False(drained.IsCompleted);
        while (waiting.TryDequeue(out var held)) held.Done(ItemOutcome.Judged(ShardTopics.Judge(held.Item)));
        await drained;
        await worker.DisposeAsync();

        Assert.Equal(100, (await IdsAsync(scenario)).Count);
        await using var next = Start(scenario, 1, Now);
        var progress = await scenario.FollowAsync(1, null, Cancelled);
        Assert.Equal(500, (await IdsAsync(scenario)).Distinct().Count());
        Assert.Equal(500, progress[0].Items.Processed);
    }

    [Fact]
    public async Task A_second_pod_of_the_same_slot_fences_the_first()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(2000, Cancelled);
        await scenario.DealAsync(100, Cancelled);

        await using var zombie = Start(scenario, 0, Slowly);
        await scenario.FollowAsync(1, null, Cancelled);
        await using var successor = Start(scenario, 0, Slowly);

        var fenced = await Assert.ThrowsAsync<PodFatalException>(() => zombie.Run);
        Assert.Contains("fenced", fenced.Message, StringComparison.Ordinal);
        await zombie.DisposeAsync();
        await scenario.FollowAsync(20, null, Cancelled);
        var ids = await IdsAsync(scenario);
        Assert.Equal(2000, ids.Count);
        Assert.Equal(2000, ids.Distinct().Count());
    }

    [Fact]
    public async Task Partitions_that_are_added_while_it_runs_are_worked_too()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync();
        await scenario.PublishAsync(200, Cancelled);
        await scenario.DealAsync(new ShardRecord(0, scenario.Source, 0, 0, 100), 0, Cancelled);
        await using var worker = Start(scenario, 0, Now);
        await scenario.FollowAsync(1, null, Cancelled);

        var grown = await scenario.GrowAsync(2);
        await grown.DealAsync(new ShardRecord(1, scenario.Source, 0, 100, 200), 1, Cancelled);
        await grown.FollowAsync(2, null, Cancelled);

        Assert.Equal(200, (await IdsAsync(grown)).Distinct().Count());
    }

    private static RunningWorker Start(ShardTopics job, int slot, SubmitItem submit, Func<ShardWorkerOptions, ShardWorkerOptions>? with = null)
    {
        var options = job.WorkerOptions(slot) with { CommitInterval = TimeSpan.FromMilliseconds(200) };
        return new RunningWorker(new ShardWorker(job.Configuration, with?.Invoke(options) ?? options, submit));
    }

    private static async Task<List<string>> IdsAsync(ShardTopics job) =>
        [.. (await job.ReadResultsAsync(Cancelled)).Select(message => Encoding.UTF8.GetString(message.Key))];

    private static ValueTask Now(SourceItem item, Action<ItemOutcome> done, CancellationToken ct)
    {
        done(ItemOutcome.Judged(ShardTopics.Judge(item)));
        return ValueTask.CompletedTask;
    }

    /// <summary>Out of order, and slow enough that a rebalance finds items in flight.</summary>
    private static async ValueTask Slowly(SourceItem item, Action<ItemOutcome> done, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1), ct);
        _ = Task.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(item.Position.Offset % 7), CancellationToken.None);
            done(ItemOutcome.Judged(ShardTopics.Judge(item)));
        }, CancellationToken.None);
    }

    private static string Header(Message<byte[], byte[]> message, string name) =>
        message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
}
