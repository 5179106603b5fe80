using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Scanning.Publishing;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>
/// This worker's membership in the job's group: which partitions of the shards topic it holds, and the shards in them. Its thread does nothing but poll, so
/// the group never takes it for dead while it works. All it knows is guarded by the worker's gate.
/// </summary>
internal sealed class ShardGroup : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, HeldPartition> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly InternalTopics _topics;
    private readonly Lock _gate;
    private readonly Action<IReadOnlyList<HeldPartition>, bool> _leaving;
    private readonly Action _changed;
    private readonly ShardWorkerOptions _options;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private int _turn;
    private long _lastPoll;

    /// <param name="topics">The job's topics.</param>
    /// <param name="options">Slot, session timeout, clock.</param>
    /// <param name="kafka">Makes the consumer.</param>
    /// <param name="gate">The worker's gate.</param>
    /// <param name="leaving">
    /// Called under the gate with partitions that go to others. False: they are handed over, and this is the last chance to publish for them. True: they are lost.
    /// </param>
    /// <param name="changed">Called when there is a new shard, or one partition less.</param>
    /// <param name="logger">Log.</param>
    internal ShardGroup(
        InternalTopics topics,
        ShardWorkerOptions options,
        WorkerKafka kafka,
        Lock gate,
        Action<IReadOnlyList<HeldPartition>, bool> leaving,
        Action changed,
        ILogger logger)
    {
        (_topics, _options, _gate, _leaving, _changed, _logger) = (topics, options, gate, leaving, changed, logger);
        var own = new ConsumerConfig
        {
            ClientId = topics.WorkerTransactionalId(options.Slot),
            GroupId = topics.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            // Partitions that stay are worked on through a rebalance.
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)options.SessionTimeout.TotalMilliseconds / 3,
            // The shards topic may get more partitions while the job runs.
            TopicMetadataRefreshIntervalMs = 10_000,
        };
        _consumer = kafka.Consumer(own, builder => builder
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Gone(partitions.Select(partition => partition.Partition.Value), lost: false))
            .SetPartitionsLostHandler((_, partitions) => Gone(partitions.Select(partition => partition.Partition.Value), lost: true)));
        _thread = new Thread(Run) { IsBackground = true, Name = "shards" };
    }

    /// <summary>Ends when the membership has ended, with the reason where it was not asked to.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Time since the poll loop last turned.</summary>
    internal TimeSpan SinceLastPoll => _options.TimeProvider.GetElapsedTime(Interlocked.Read(ref _lastPoll));

    /// <summary>What is held now. Under the gate.</summary>
    internal IReadOnlyCollection<HeldPartition> Held => _held.Values;

    internal void Start()
    {
        Interlocked.Exchange(ref _lastPoll, _options.TimeProvider.GetTimestamp());
        _consumer.Subscribe(_topics.Shards);
        _thread.Start();
    }

    /// <summary>
    /// What fences this worker's transactions: the group refuses offsets from anybody but a member of the present generation. Null while it is no member: then the
    /// client has an empty name, and offsets under an empty name are fenced by nobody. Its name is read on both sides of the metadata, since a background
    /// thread may change both at any moment, and names are never used again.
    /// </summary>
    internal IConsumerGroupMetadata? Membership()
    {
        var before = _consumer.MemberId;
        var metadata = _consumer.ConsumerGroupMetadata;
        var after = _consumer.MemberId;
        return !string.IsNullOrEmpty(before) && before == after ? metadata : null;
    }

    /// <summary>The next shard to take up, from one partition after the other; null: none.</summary>
    internal (HeldPartition Holder, ShardWork Work)? Take()
    {
        lock (_gate)
        {
            var partitions = _held.Values.OrderBy(held => held.Partition).ToList();
            for (var i = 0; i < partitions.Count; i++)
            {
                var holder = partitions[(_turn + i) % partitions.Count];
                if (holder.Next() is not { } work) continue;
                _turn = (_turn + i + 1) % partitions.Count;
                return (holder, work);
            }
            return null;
        }
    }

    /// <summary>Leaves the group: what is held is handed over, then the thread ends.</summary>
    internal async Task LeaveAsync()
    {
        await _stop.CancelAsync();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) return;
        await _ended.Task;
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Interlocked.Exchange(ref _lastPoll, _options.TimeProvider.GetTimestamp());
                try
                {
                    if (_consumer.Consume(Poll) is { } record) Take(record);
                }
                catch (ConsumeException error) when (!error.Error.IsFatal)
                {
                    _logger.LogWarning("reading shards: {Code}: {Reason}", error.Error.Code, error.Error.Reason);
                    // What librdkafka does not retry at once it reports at once.
                    _stop.Token.WaitHandle.WaitOne(Poll);
                }
            }
            _consumer.Close();
            _ended.TrySetResult();
        }
        catch (Exception error)
        {
            _ended.TrySetException(error is PodFatalException ? error : new PodFatalException($"the worker's membership in its group broke: {error.Message}", error));
        }
    }

    private void Take(ConsumeResult<byte[], byte[]> record)
    {
        ShardRecord shard;
        try
        {
            shard = JsonSerializer.Deserialize<ShardRecord>(record.Message.Value, ApiJson.Options) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new PodFatalException($"{record.TopicPartitionOffset} is no shard: {error.Message}. Only the operator may write to {_topics.Shards}", error);
        }
        lock (_gate)
        {
            if (_held.TryGetValue(record.Partition.Value, out var holder)) holder.Add(new ShardWork(shard, record.Offset.Value, _options.Slot));
        }
        _changed();
    }

    private void Assigned(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0) return;
        lock (_gate)
        {
            foreach (var partition in partitions) _held[partition.Partition.Value] = new HeldPartition(partition.Partition.Value);
            ShardWorkerMetrics.Partitions(_held.Count);
        }
        _logger.LogInformation("took shards partitions {Partitions}", partitions.Select(partition => partition.Partition.Value));
    }

    private void Gone(IEnumerable<int> partitions, bool lost)
    {
        List<HeldPartition> gone;
        lock (_gate)
        {
            gone = [.. partitions.Select(partition => _held.GetValueOrDefault(partition)).OfType<HeldPartition>()];
            if (gone.Count == 0) return;
            _leaving(gone, lost);
            foreach (var holder in gone)
            {
                holder.Lose();
                _held.Remove(holder.Partition);
            }
            ShardWorkerMetrics.Partitions(_held.Count);
        }
        _logger.LogInformation("{Verb} shards partitions {Partitions}", lost ? "lost" : "handed over", gone.Select(holder => holder.Partition));
        _changed();
    }
}
