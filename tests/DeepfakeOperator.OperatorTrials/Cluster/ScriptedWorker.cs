using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>
/// What a worker is to the operator: a member of the job's group that takes shards and writes progress, in one transaction with its offsets.
/// </summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public ScriptedWorker(string bootstrap, InternalTopics topics, int slot = 0, TimeSpan perShard = default) =>
        _running = Task.Factory.StartNew(
            () => Run(bootstrap, topics, slot, perShard), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>It ended by an error, which its disposal throws.</summary>
    public bool HasFailed => _running.IsFaulted;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private void Run(string bootstrap, InternalTopics topics, int slot, TimeSpan perShard)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = topics.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = false,
            TopicMetadataRefreshIntervalMs = 500,
            // One that died is still of the group for so long, and the group of a deleted job cannot go before.
            SessionTimeoutMs = 6000,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrap,
            TransactionalId = topics.WorkerTransactionalId(slot),
            // It must know of a new partition before the consumer gets one.
            TopicMetadataRefreshIntervalMs = 100,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        consumer.Subscribe(topics.Shards);
        while (!_stop.IsCancellationRequested)
        {
            ConsumeResult<string, byte[]>? result;
            try
            {
                result = consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
            catch (ConsumeException)
            {
                // The topic is not there yet.
                continue;
            }
            if (result is null) continue;
            var shard = JsonSerializer.Deserialize<ShardRecord>(result.Message.Value, ApiJson.Options)!;
            var half = shard.From + (shard.To - shard.From) / 2;
            _stop.Token.WaitHandle.WaitOne(perShard);
            if (half > shard.From) Commit(consumer, producer, topics, result, Progress(shard, half, slot, done: false), offset: false);
            Commit(consumer, producer, topics, result, Progress(shard, shard.To, slot, done: true), offset: true);
        }
        consumer.Close();
    }

    private static void Commit(
        IConsumer<string, byte[]> consumer,
        IProducer<string, byte[]> producer,
        InternalTopics topics,
        ConsumeResult<string, byte[]> result,
        ProgressRecord progress,
        bool offset)
    {
        producer.BeginTransaction();
        producer.Produce(
            new TopicPartition(topics.Progress, result.Partition),
            new Message<string, byte[]>
            {
                Key = ShardRecord.KeyOf(progress.Index), Value = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Options),
            });
        if (offset)
        {
            producer.SendOffsetsToTransaction(
                [new TopicPartitionOffset(result.TopicPartition, result.Offset + 1)], consumer.ConsumerGroupMetadata, TimeSpan.FromSeconds(10));
        }
        producer.CommitTransaction(TimeSpan.FromSeconds(10));
    }

    /// <summary>Every third offset is fake.</summary>
    private static ProgressRecord Progress(ShardRecord shard, long next, int slot, bool done)
    {
        var fake = Enumerable.Range(0, (int)(next - shard.From)).Count(index => (shard.From + index) % 3 == 0);
        return new ProgressRecord
        {
            Index = shard.Index,
            NextOffset = next,
            Items = new ItemCounts { Processed = next - shard.From, Fake = fake, Real = next - shard.From - fake },
            Done = done,
            Slot = slot,
            Top = [new Finding { Id = $"{shard.Partition}/{shard.From}", Score = "0.9", Verdict = Verdict.Fake }],
        };
    }
}
