using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>What a job's dealers have left in Kafka: the plan, if there is one, and the shards dealt so far.</summary>
/// <param name="Plan">The frozen plan; null: none yet.</param>
/// <param name="Dealt">In the order of the plan.</param>
internal sealed record DealLog(PlanRecord? Plan, IReadOnlyList<DealtShard> Dealt)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Reads to the end, committed records only. The end is final only for who has fenced every other dealer before; for anybody else it may be short, never wrong.
    /// </summary>
    /// <exception cref="BlockedException">It could not be read to the end in time.</exception>
    public static Task<DealLog> ReadAsync(
        KafkaConnection connection, BlockingCalls calls, InternalTopics topics, int partitions, CancellationToken cancellation) =>
        connection.CallAsync("reading what was dealt", () => calls.RunAsync(() => Read(connection, topics, partitions, cancellation), cancellation));

    private static DealLog Read(KafkaConnection connection, InternalTopics topics, int partitions, CancellationToken cancellation)
    {
        var configuration = new ConsumerConfig
        {
            ClientId = "deepfake-operator-log",
            GroupId = "deepfake-operator",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            AllowAutoCreateTopics = false,
            FetchWaitMaxMs = 50,
        };
        var settings = connection.Settings;
        using var consumer = KafkaConnection.Build(settings, () => new ConsumerBuilder<string, byte[]>(settings.With(configuration))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build());
        var open = Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topics.Shards, partition)).ToHashSet();
        open.Add(new TopicPartition(topics.Progress, 0));
        consumer.Assign(open.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        PlanRecord? plan = null;
        var dealt = new SortedDictionary<int, DealtShard>();
        while (open.Count > 0)
        {
            if (limit.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"not read to the end within {Timeout.TotalSeconds} s"));
            }
            var result = consumer.Consume(TimeSpan.FromMilliseconds(100));
            if (result is null) continue;
            if (result.IsPartitionEOF)
            {
                open.Remove(result.TopicPartition);
            }
            else if (result.Topic == topics.Progress)
            {
                if (result.Message.Key == PlanRecord.Key) plan = JsonSerializer.Deserialize<PlanRecord>(result.Message.Value, ApiJson.Options);
            }
            else if (JsonSerializer.Deserialize<ShardRecord>(result.Message.Value, ApiJson.Options) is { } shard)
            {
                dealt[shard.Index] = new DealtShard(shard.Index, result.Partition.Value);
            }
        }
        return new DealLog(plan, [.. dealt.Values]);
    }
}
