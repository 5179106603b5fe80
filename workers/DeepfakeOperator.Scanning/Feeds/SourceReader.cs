using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>
/// Reads ranges of source partitions, one after the other. Offsets are not items: compaction and transaction markers leave gaps, which are passed over, and
/// retention removes a range's beginning, which is reported. Used by one thread at a time.
/// </summary>
internal sealed class SourceReader : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a topic may look shorter than it was, or not there at all: brokers change leaders and learn of topics in less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TopicPartition? _source;
    private ConsumeResult<byte[], byte[]>? _ahead;
    private long _position;
    private long _to;
    private long? _troubleSince;

    internal SourceReader(InternalTopics topics, int slot, WorkerKafka kafka, TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
        _consumer = kafka.Consumer(new ConsumerConfig
        {
            ClientId = topics.WorkerTransactionalId(slot) + "-source",
            // The API demands one. The group is never joined and nothing is committed; the job's own needs no right of its own.
            GroupId = topics.Group,
            // Out of range must be heard of, not skipped.
            AutoOffsetReset = AutoOffsetReset.Error,
            EnablePartitionEof = true,
            // What is fetched beyond a shard's end is thrown away: enough to keep the pipeline busy, little enough to waste.
            QueuedMaxMessagesKbytes = 8 << 10,
            FetchWaitMaxMs = 100,
        });
    }

    /// <summary>Goes to a range. One that begins where the last ended goes on with what is fetched already.</summary>
    internal void Open(ShardRecord shard, long from)
    {
        var source = new TopicPartition(shard.Topic, shard.Partition);
        var follows = source == _source && from == _to && _position == _to;
        (_source, _to, _troubleSince) = (source, shard.To, null);
        if (follows) return;
        _ahead = null;
        Assign(from);
    }

    /// <summary>The next step; null at the end of the range.</summary>
    /// <exception cref="PodFatalException">The source cannot be read, and waiting does not help.</exception>
    internal async ValueTask<SourceRead?> NextAsync(CancellationToken ct)
    {
        while (_position < _to)
        {
            ct.ThrowIfCancellationRequested();
            ConsumeResult<byte[], byte[]>? record;
            try
            {
                // What is fetched already costs no change of threads.
                record = _ahead ?? _consumer.Consume(TimeSpan.Zero) ?? await Task.Run(() => _consumer.Consume(Poll), ct);
            }
            catch (ConsumeException error)
            {
                if (await RecoverAsync(error.Error, ct) is { } gone) return gone;
                continue;
            }
            _ahead = null;
            if (record is null || (record.IsPartitionEOF && record.Offset.Value < _to))
            {
                if (record is null && _troubleSince is null) continue;
                if (await TooShortAsync(ct) is { } gone) return gone;
                continue;
            }
            _troubleSince = null;
            if (record.Offset.Value >= _to)
            {
                _position = _to;
                if (!record.IsPartitionEOF) _ahead = record;
                return null;
            }
            _position = record.Offset.Value + 1;
            return new SourceRead(record.Offset.Value, _position, record, null);
        }
        return null;
    }

    public void Dispose() => _consumer.Dispose();

    private void Assign(long position)
    {
        _position = position;
        _consumer.Assign(new TopicPartitionOffset(_source, position));
    }

    private async Task<SourceRead?> RecoverAsync(Error error, CancellationToken ct)
    {
        switch (error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange:
                var marks = await WatermarksAsync(ct);
                if (marks?.Low.Value > _position) return Skip(Math.Min(marks.Low.Value, _to), "retention removed them before they were read");
                if (await TooShortAsync(ct) is { } gone) return gone;
                Assign(_position);
                return null;
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition:
                if (await TroubledForLongAsync(ct)) throw new PodFatalException($"the source {_source} is gone: {error.Reason}. Make a new ScanJob for what is there now");
                return null;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                throw new PodFatalException($"reading {_source}: {error.Reason}. The account of spec.source.kafka.authSecretRef needs Read on the topic and on the job's group");
            default:
                if (error.IsFatal) throw new PodFatalException($"reading {_source} failed for good: {error.Reason}");
                _logger.LogWarning("reading {Source}: {Code}: {Reason}", _source, error.Code, error.Reason);
                await Task.Delay(Poll, _time, ct);
                return null;
        }
    }

    /// <summary>The partition ends before the range does. That is a leader learning where the end is, or else somebody has made the topic anew.</summary>
    private async Task<SourceRead?> TooShortAsync(CancellationToken ct)
    {
        if (await WatermarksAsync(ct) is not { } marks || marks.High.Value >= _to || !await TroubledForLongAsync(ct)) return null;
        return Skip(_to, $"the partition ends at offset {marks.High.Value} now: the topic was truncated or made anew after the plan");
    }

    private SourceRead Skip(long to, string why)
    {
        var gone = new SourceRead(_position, to, null, $"offsets {_position} to {to - 1} of {_source}: {why}");
        if (to < _to) Assign(to);
        else (_position, _source) = (_to, null);
        _troubleSince = null;
        return gone;
    }

    private async Task<bool> TroubledForLongAsync(CancellationToken ct)
    {
        _troubleSince ??= _time.GetTimestamp();
        if (_time.GetElapsedTime(_troubleSince.Value) >= Patience) return true;
        await Task.Delay(Poll, _time, ct);
        return false;
    }

    /// <summary>First offset and last stable offset; null where the broker does not answer.</summary>
    private async Task<WatermarkOffsets?> WatermarksAsync(CancellationToken ct)
    {
        try
        {
            return await Task.Run(() => _consumer.QueryWatermarkOffsets(_source, CallTimeout), ct);
        }
        catch (KafkaException error)
        {
            _logger.LogWarning("asking for the offsets of {Source}: {Reason}", _source, error.Error.Reason);
            return null;
        }
    }
}
