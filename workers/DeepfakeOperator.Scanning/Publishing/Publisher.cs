using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Scanning.Feeds;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>
/// Writes verdicts, dead letters, progress and consumer offsets in one transaction, so that readers of committed records see each item once, whatever dies.
/// Used under the worker's gate, by one thread at a time; its calls block.
/// </summary>
internal sealed class Publisher : IDisposable
{
    /// <summary>After this the broker aborts what a dead worker left open, and readers go on.</summary>
    private static readonly TimeSpan TransactionTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A call that has not come back by then never will: librdkafka forgets the timeout of SendOffsetsToTransaction where the group's coordinator went
    /// away (confluentinc/librdkafka issue 5456).
    /// </summary>
    private static readonly TimeSpan Hung = 2 * CallTimeout;

    private readonly Func<IProducer<byte[], byte[]>> _newProducer;
    private readonly InternalTopics _topics;
    private readonly Messages _messages;
    private readonly ILogger _logger;
    private readonly string _results;
    private readonly string _deadLetters;
    private readonly string _slotName;
    private IProducer<byte[], byte[]> _producer;

    /// <summary>True: what <see cref="_producer"/> left behind is not cleared up yet, and it must not be used.</summary>
    private bool _spent;

    internal Publisher(ScanConfiguration configuration, InternalTopics topics, int slot, WorkerKafka kafka, ILogger logger)
    {
        (_topics, _logger, _messages) = (topics, logger, new Messages(configuration));
        var results = configuration.Spec.Results.Kafka;
        (_results, _deadLetters) = (results.Topic, results.DeadLetterTopic ?? results.Topic + "-dlq");
        _slotName = topics.WorkerTransactionalId(slot);
        _newProducer = () => kafka.Producer(new ProducerConfig
        {
            ClientId = _slotName,
            TransactionalId = _slotName,
            TransactionTimeoutMs = (int)TransactionTimeout.TotalMilliseconds,
            // The client refuses a longer one than the transaction's, and a job's own properties may ask for it.
            SocketTimeoutMs = (int)CallTimeout.TotalMilliseconds,
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 5,
            CompressionType = CompressionType.Lz4,
            // The topics' own limits decide; a dead letter holds the original record.
            MessageMaxBytes = 100 << 20,
            AllowAutoCreateTopics = false,
            // The progress topic may get more partitions while the job runs.
            TopicMetadataRefreshIntervalMs = 10_000,
        });
        _producer = _newProducer();
    }

    /// <summary>Fences whoever worked as this slot before, and waits until what it left open is decided.</summary>
    /// <exception cref="PodFatalException">The cluster refuses this worker.</exception>
    internal void Open(CancellationToken ct)
    {
        do ct.ThrowIfCancellationRequested();
        while (!Begin());
    }

    /// <summary>One transaction over all of this. False: nothing of it is published, try again later.</summary>
    /// <exception cref="PodFatalException">This process can never publish again.</exception>
    internal bool Publish(IReadOnlyList<(HeldPartition Holder, IReadOnlyList<ShardCheckpoint> Checkpoints)> partitions, ShardGroup group)
    {
        if (_spent && !Renew()) return false;
        if (group.Membership() is not { } membership) return false;
        try
        {
            _producer.BeginTransaction();
            foreach (var (holder, checkpoints) in partitions)
            {
                foreach (var checkpoint in checkpoints) Produce(holder, checkpoint);
            }
            var offsets = partitions
                .Select(part => (part.Holder.Partition, Offset: part.Holder.CommitOffset(part.Checkpoints)))
                .Where(part => part.Offset is not null)
                .Select(part => new TopicPartitionOffset(_topics.Shards, part.Partition, part.Offset!.Value));
            if (!SendOffsets([.. offsets], membership)) return false;
            Commit();
            return true;
        }
        catch (KafkaException error) when (IsFatal(error.Error))
        {
            throw Fatal(error);
        }
        catch (KafkaException error)
        {
            _logger.LogWarning("a transaction was not committed: {Code}: {Reason}", error.Error.Code, error.Error.Reason);
            Renew();
            return false;
        }
    }

    public void Dispose() => _producer.Dispose();

    private void Produce(HeldPartition holder, ShardCheckpoint checkpoint)
    {
        foreach (var item in checkpoint.Items)
        {
            var outcome = item.Outcome!;
            var (topic, message) = outcome.Verdict is { } verdict
                ? (_results, _messages.Verdict(verdict, item.MustShrink))
                : (_deadLetters, _messages.DeadLetter(checkpoint.Work, item, outcome.Failure!));
            try
            {
                _producer.Produce(topic, message, report =>
                {
                    if (report.Error.Code == ErrorCode.MsgSizeTooLarge) item.MustShrink = true;
                });
            }
            catch (ProduceException<byte[], byte[]> error) when (error.Error.Code == ErrorCode.MsgSizeTooLarge)
            {
                item.MustShrink = true;
                throw;
            }
        }
        _producer.Produce(new TopicPartition(_topics.Progress, holder.Partition), Messages.Progress(checkpoint.Progress));
    }

    /// <summary>Asks until there is an answer: after a timeout nobody else knows whether it is committed.</summary>
    private void Commit()
    {
        for (; ; )
        {
            try
            {
                _producer.CommitTransaction(CallTimeout);
                return;
            }
            catch (KafkaRetriableException error)
            {
                _logger.LogWarning("committing: {Reason}; asking again", error.Error.Reason);
            }
        }
    }

    /// <summary>False: the call hangs, and the producer is left to it.</summary>
    private bool SendOffsets(IReadOnlyList<TopicPartitionOffset> offsets, IConsumerGroupMetadata membership)
    {
        var producer = _producer;
        var call = Task.Factory.StartNew(
            () => producer.SendOffsetsToTransaction(offsets, membership, CallTimeout),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (Task.WaitAny([call], Hung) == 0)
        {
            call.GetAwaiter().GetResult();
            return true;
        }
        _logger.LogWarning("Kafka's client did not come back from sending offsets within {Timeout}; another takes its place", Hung);
        call.ContinueWith(
            late =>
            {
                // Fenced by then, or told of the outage at last: of no interest to anybody.
                _ = late.Exception;
                producer.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        Replace();
        return false;
    }

    /// <summary>
    /// A fresh client in place of one whose transaction failed. Its first call ends that transaction: nothing is left to be aborted, and nothing that the
    /// old client still believes can be wrong. False: try again later.
    /// </summary>
    private bool Renew()
    {
        _producer.Dispose();
        return Replace();
    }

    private bool Replace()
    {
        (_producer, _spent) = (_newProducer(), true);
        if (Begin()) _spent = false;
        return !_spent;
    }

    /// <summary>Ends what this slot left open, here or in an earlier pod. False: no answer, try again.</summary>
    private bool Begin()
    {
        try
        {
            _producer.InitTransactions(CallTimeout);
            return true;
        }
        catch (KafkaException error) when (
            error is KafkaRetriableException
            || (!error.Error.IsFatal && error.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown))
        {
            _logger.LogWarning("opening transactions: {Error}; trying again", error.Error.Reason);
            return false;
        }
        catch (KafkaException error)
        {
            throw new PodFatalException($"Kafka refuses transactions as '{_slotName}': {error.Error.Reason}. The account needs Write and Describe on that transactional id", error);
        }
    }

    private static bool IsFatal(Error error) => error.IsFatal || IsFenced(error);

    private static bool IsFenced(Error error) => error.Code is ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch;

    private PodFatalException Fatal(KafkaException error) => IsFenced(error.Error)
        ? new PodFatalException($"another pod works as '{_slotName}' now, and this one is fenced", error)
        : new PodFatalException($"publishing failed for good: {error.Error.Code}: {error.Error.Reason}", error);
}
