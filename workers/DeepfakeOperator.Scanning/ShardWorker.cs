using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Feeds;
using DeepfakeOperator.Scanning.Fetching;
using DeepfakeOperator.Scanning.Publishing;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning;

/// <summary>
/// Works shards off: takes them as a member of the job's group, reads their items, runs them through the pipeline and publishes each outcome exactly once. May
/// be killed at any moment; whoever holds its partitions next goes on at the last checkpoint.
/// </summary>
public sealed class ShardWorker : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Signal _changed = new();
    private readonly Signal _quiet = new();
    private readonly ShardWorkerOptions _options;
    private readonly SubmitItem _submit;
    private readonly ShardGroup _group;
    private readonly SourceReader _reader;
    private readonly ProgressLog _progress;
    private readonly Publisher _publisher;
    private readonly CommitLoop _commits;
    private readonly SemaphoreSlim _room;
    private readonly ByteBudget _bytes;
    private readonly TimeSpan _drainTimeout;
    private readonly ILogger _logger;
    private long _lastCompletion;
    private int _outstanding;
    private volatile bool _idle;
    private volatile bool _ready;

    /// <summary>Prepares a worker; nothing is read before <see cref="RunAsync"/>.</summary>
    /// <param name="configuration">The job.</param>
    /// <param name="options">Slot, cluster and limits.</param>
    /// <param name="submit">The pipeline, such as <see cref="ScanPipeline.SubmitAsync"/>.</param>
    /// <exception cref="PodFatalException">A Kafka setting is refused.</exception>
    public ShardWorker(ScanConfiguration configuration, ShardWorkerOptions options, SubmitItem submit)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        (_options, _submit, _drainTimeout) = (options, submit, configuration.Spec.Workers.DrainTimeout);
        _logger = options.LoggerFactory.CreateLogger<ShardWorker>();
        _room = new SemaphoreSlim(options.MaxInFlight);
        _bytes = new ByteBudget(options.MaxInFlightBytes);
        _lastCompletion = options.TimeProvider.GetTimestamp();
        var topics = new InternalTopics(configuration.Namespace, configuration.Name, configuration.Uid);
        var kafka = new WorkerKafka(options.Kafka, _logger);
        _publisher = new Publisher(configuration, topics, options.Slot, kafka, _logger);
        _reader = new SourceReader(topics, options.Slot, kafka, options.TimeProvider, _logger);
        _progress = new ProgressLog(topics, options.Slot, kafka, options.TimeProvider, _logger);
        _group = new ShardGroup(topics, options, kafka, _gate, Leaving, _changed.Set, _logger);
        _commits = new CommitLoop(options, () =>
        {
            lock (_gate) return Publish([.. _group.Held], handOver: false);
        });
    }

    /// <summary>True once it is known to Kafka and takes shards.</summary>
    public bool IsReady => _ready;

    /// <summary>True: it does not get on, and only a new process helps.</summary>
    public bool IsStuck => _ready
        && (_group.SinceLastPoll > _options.StuckAfter
            || (Volatile.Read(ref _outstanding) > 0 && _options.TimeProvider.GetElapsedTime(Interlocked.Read(ref _lastCompletion)) > _options.StuckAfter));

    /// <summary>Works until <paramref name="drain"/>; then finishes what is in flight, within the job's drain timeout, publishes it and leaves.</summary>
    /// <exception cref="PodFatalException">This process can do no more.</exception>
    public async Task RunAsync(CancellationToken drain)
    {
        using var stopCommits = new CancellationTokenSource();
        using var stopFeed = CancellationTokenSource.CreateLinkedTokenSource(drain);
        try
        {
            await Task.Run(() => _publisher.Open(drain), drain);
        }
        catch (OperationCanceledException) when (drain.IsCancellationRequested)
        {
            return;
        }
        _group.Start();
        _ready = true;
        var feeding = FeedAsync(stopFeed.Token);
        var committing = _commits.RunAsync(stopCommits.Token);
        var first = await Task.WhenAny(feeding, committing, _group.Ended);
        await stopFeed.CancelAsync();
        try
        {
            // Whatever ended before it was told to has failed.
            await first;
            await feeding;
            await QuietAsync(_drainTimeout, CancellationToken.None);
            await stopCommits.CancelAsync();
            await committing;
            await _group.LeaveAsync();
        }
        finally
        {
            _ready = false;
            await stopCommits.CancelAsync();
        }
    }

    /// <summary>Closes the clients. After <see cref="RunAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        // Fails where the membership broke, and that was told already.
        await _group.LeaveAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _group.Dispose();
        _reader.Dispose();
        _publisher.Dispose();
        _room.Dispose();
    }

    private async Task FeedAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                if (_group.Take() is { } next)
                {
                    await FeedAsync(next.Holder, next.Work, ct);
                    continue;
                }
                _idle = true;
                if (Volatile.Read(ref _outstanding) == 0) _commits.Hurry();
                await _changed.WaitAsync(ct);
                _idle = false;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Draining.
        }
    }

    private async Task FeedAsync(HeldPartition holder, ShardWork work, CancellationToken ct)
    {
        holder.Restored ??= await _progress.ReadAsync(holder.Partition, ct);
        var killed = work.Begin(holder.Restored.GetValueOrDefault(work.Shard.Index));
        if (work.Done) return;
        if (work.Isolated) await AloneAsync(holder, work, killed, ct);
        else await TogetherAsync(holder, work, ct);
        if (!holder.IsLost) work.ReachedEnd();
    }

    private async Task TogetherAsync(HeldPartition holder, ShardWork work, CancellationToken ct)
    {
        // That this shard was begun is on record before any of its items can do harm.
        await _commits.NowAsync(ct);
        _reader.Open(work.Shard, work.NextOffset);
        while (!holder.IsLost && await _reader.NextAsync(ct) is { } read)
        {
            if (await TakeInAsync(work, read, ct) is { } item) await SubmitAsync(item, read, ct);
        }
    }

    /// <summary>A shard that killed workers: nothing else is in flight with the item that runs, and which one that is stands on record.</summary>
    private async Task AloneAsync(HeldPartition holder, ShardWork work, bool killed, CancellationToken ct)
    {
        _logger.LogWarning("shard {Shard} killed {Attempts} workers; its items are run one by one", work.Shard.Index, ShardWork.MaxAttempts);
        await QuietAsync(Timeout.InfiniteTimeSpan, ct);
        _reader.Open(work.Shard, work.NextOffset);
        while (!holder.IsLost && await _reader.NextAsync(ct) is { } read)
        {
            if (killed && read.Record is not null)
            {
                const string message = "the worker process died each time while it worked on this item, the last time on this item alone";
                if (await TakeInAsync(work, read, ct) is { } guilty)
                    Complete(guilty, ItemOutcome.Failed(new ItemFailure(ErrorClass.WorkerCrash, "worker", message, ShardWork.MaxAttempts + 1)));
            }
            else
            {
                work.Suspect();
                await _commits.NowAsync(ct);
                if (await TakeInAsync(work, read, ct) is { } item) await SubmitAsync(item, read, ct);
            }
            killed = false;
            await QuietAsync(Timeout.InfiniteTimeSpan, ct);
        }
    }

    /// <summary>Makes room for an item; null: its shard went to another worker meanwhile.</summary>
    private async Task<FedItem?> TakeInAsync(ShardWork work, SourceRead read, CancellationToken ct)
    {
        var cost = Math.Min(read.Record?.Message.Value?.Length ?? 0, _options.MaxInFlightBytes);
        await _room.WaitAsync(ct);
        await _bytes.AcquireAsync(cost, ct);
        var item = new FedItem(read.Record, read.Offset, read.Next) { Cost = cost };
        if (!work.Feed(item))
        {
            Release([item]);
            return null;
        }
        if (Interlocked.Increment(ref _outstanding) == 1) Interlocked.Exchange(ref _lastCompletion, _options.TimeProvider.GetTimestamp());
        ShardWorkerMetrics.ItemFed();
        return item;
    }

    private async Task SubmitAsync(FedItem item, SourceRead read, CancellationToken ct)
    {
        if (read.Gone is { } why)
        {
            Complete(item, ItemOutcome.Failed(new ItemFailure(ErrorClass.SourceExpired, ScanPipelineItemException.FeedStage, why)));
            return;
        }
        SourceItem source;
        try
        {
            source = ItemParser.Parse(read.Record!);
        }
        catch (ScanPipelineItemException error)
        {
            Complete(item, ItemOutcome.Failed(error.ToFailure()));
            return;
        }
        try
        {
            await _submit(source, outcome => Complete(item, outcome), ct);
        }
        catch (OperationCanceledException)
        {
            // It never went in, so nobody need wait for it.
            Departed();
            throw;
        }
    }

    private void Complete(FedItem item, ItemOutcome outcome)
    {
        item.Complete(outcome);
        // Only a dead letter needs its record any more.
        if (outcome.Verdict is not null) _bytes.Release(item.Release());
        Interlocked.Exchange(ref _lastCompletion, _options.TimeProvider.GetTimestamp());
        _commits.Completed();
        Departed();
    }

    private void Departed()
    {
        if (Interlocked.Decrement(ref _outstanding) > 0) return;
        _quiet.Set();
        if (_idle) _commits.Hurry();
    }

    /// <summary>Waits until nothing is in flight, or for so long.</summary>
    private async Task QuietAsync(TimeSpan longest, CancellationToken ct)
    {
        var started = _options.TimeProvider.GetTimestamp();
        while (Volatile.Read(ref _outstanding) > 0)
        {
            var left = longest == Timeout.InfiniteTimeSpan ? longest : longest - _options.TimeProvider.GetElapsedTime(started);
            if (left <= TimeSpan.Zero && longest != Timeout.InfiniteTimeSpan)
            {
                _logger.LogWarning("{Items} items were still in flight after {Timeout}; another worker does them again", Volatile.Read(ref _outstanding), longest);
                return;
            }
            await _quiet.WaitAsync(left, _options.TimeProvider, ct);
        }
    }

    /// <summary>One transaction over what is ready of these partitions. Under the gate.</summary>
    private bool Publish(IReadOnlyList<HeldPartition> partitions, bool handOver)
    {
        var parts = new List<(HeldPartition Holder, IReadOnlyList<ShardCheckpoint> Checkpoints)>();
        foreach (var holder in partitions)
        {
            ShardCheckpoint[] checkpoints = [.. holder.Open.Select(work => work.Prepare(handOver)).OfType<ShardCheckpoint>()];
            if (checkpoints.Length > 0) parts.Add((holder, checkpoints));
        }
        if (parts.Count > 0)
        {
            var started = _options.TimeProvider.GetTimestamp();
            var committed = _publisher.Publish(parts, _group);
            ShardWorkerMetrics.Transaction(_options.TimeProvider.GetElapsedTime(started), committed);
            if (!committed) return false;
        }
        foreach (var (_, checkpoints) in parts)
        {
            foreach (var checkpoint in checkpoints)
            {
                checkpoint.Work.Published(checkpoint);
                ShardWorkerMetrics.ItemsPublished(checkpoint.Items.Count, checkpoint.Progress.Done ? 1 : 0);
                Release(checkpoint.Items);
            }
        }
        foreach (var holder in partitions) holder.ForgetDone();
        return true;
    }

    /// <summary>Partitions go to other workers. Under the gate.</summary>
    private void Leaving(IReadOnlyList<HeldPartition> partitions, bool lost)
    {
        if (!lost && !Publish(partitions, handOver: true))
        {
            _logger.LogWarning("what was ready of the partitions handed over could not be published; their next worker does it again");
        }
        foreach (var work in partitions.SelectMany(holder => holder.Open))
        {
            var left = work.Abandon();
            ShardWorkerMetrics.ItemsAbandoned(left.Count);
            Release(left);
        }
    }

    private void Release(IReadOnlyList<FedItem> items)
    {
        if (items.Count == 0) return;
        foreach (var item in items) _bytes.Release(item.Release());
        _room.Release(items.Count);
    }
}
