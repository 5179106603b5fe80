using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Scanning.Feeds;
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
    private readonly ShardWorkerOptions _options;
    private readonly SubmitItem _submit;
    private readonly ShardGroup _group;
    private readonly SourceReader _reader;
    private readonly ProgressLog _progress;
    private readonly Publisher _publisher;
    private readonly CommitLoop _commits;
    private readonly InFlight _inFlight;
    private readonly TimeSpan _drainTimeout;
    private readonly ILogger _logger;
    private long _publishingSince;
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
        _inFlight = new InFlight(options, _logger);
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
    public bool IsStuck => _ready && (_group.SinceLastPoll > _options.StuckAfter || _inFlight.Standstill > _options.StuckAfter || Publishing > _options.StuckAfter);

    /// <summary>How long the present call to publish has taken.</summary>
    private TimeSpan Publishing =>
        Interlocked.Read(ref _publishingSince) is not 0 and var since ? _options.TimeProvider.GetElapsedTime(since) : TimeSpan.Zero;

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
            await _inFlight.QuietAsync(_drainTimeout, CancellationToken.None);
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
        _inFlight.Dispose();
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
                if (_inFlight.Outstanding == 0) _commits.Hurry();
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
        await _inFlight.QuietAsync(Timeout.InfiniteTimeSpan, ct);
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
            await _inFlight.QuietAsync(Timeout.InfiniteTimeSpan, ct);
        }
    }

    /// <summary>Makes room for an item; null: its shard went to another worker meanwhile.</summary>
    private async Task<FedItem?> TakeInAsync(ShardWork work, SourceRead read, CancellationToken ct)
    {
        var item = await _inFlight.AdmitAsync(read, ct);
        if (!work.Feed(item))
        {
            _inFlight.Release([item]);
            return null;
        }
        _inFlight.Began();
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
            _inFlight.Departed();
            throw;
        }
    }

    private void Complete(FedItem item, ItemOutcome outcome)
    {
        var last = _inFlight.Completed(item, outcome);
        _commits.Completed();
        if (last && _idle) _commits.Hurry();
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
            Interlocked.Exchange(ref _publishingSince, started);
            var committed = _publisher.Publish(parts, _group);
            Interlocked.Exchange(ref _publishingSince, 0);
            ShardWorkerMetrics.Transaction(_options.TimeProvider.GetElapsedTime(started), committed);
            if (!committed) return false;
        }
        foreach (var (_, checkpoints) in parts)
        {
            foreach (var checkpoint in checkpoints)
            {
                checkpoint.Work.Published(checkpoint);
                ShardWorkerMetrics.ItemsPublished(checkpoint.Items.Count, checkpoint.Progress.Done ? 1 : 0);
                _inFlight.Release(checkpoint.Items);
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
            _inFlight.Release(left);
        }
    }
}
