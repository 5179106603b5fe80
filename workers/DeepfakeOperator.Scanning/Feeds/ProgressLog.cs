using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>Reads back what earlier holders of a partition left in the progress topic, on the partition of the same number: the changelog pattern.</summary>
internal sealed class ProgressLog(InternalTopics topics, int slot, WorkerKafka kafka, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Each shard's latest checkpoint. Waits while a transaction on that partition is undecided: what it holds may be committed yet, and must not be missed.
    /// Call it only after a first shard of that partition was read: the group's offset was stable then, so no earlier holder can begin to commit any more.
    /// </summary>
    internal async Task<IReadOnlyDictionary<int, ProgressRecord>> ReadAsync(int partition, CancellationToken ct)
    {
        var source = new TopicPartition(topics.Progress, partition);
        using var consumer = kafka.Consumer(new ConsumerConfig
        {
            ClientId = topics.WorkerTransactionalId(slot) + "-progress",
            GroupId = topics.Group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
        });
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var end = await EndAsync(admin, source, ct);
        consumer.Assign(new TopicPartitionOffset(source, Offset.Beginning));
        var latest = new Dictionary<int, ProgressRecord>();
        while (end > 0)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var record = consumer.Consume(TimeSpan.Zero) ?? await Task.Run(() => consumer.Consume(Poll), ct);
                if (record is null) continue;
                if (record.IsPartitionEOF)
                {
                    if (record.Offset.Value >= end) break;
                    continue;
                }
                Take(record, latest);
                if (record.Offset.Value + 1 >= end) break;
            }
            catch (ConsumeException error) when (!error.Error.IsFatal)
            {
                logger.LogWarning("reading {Source}: {Code}: {Reason}", source, error.Error.Code, error.Error.Reason);
                await Task.Delay(Poll, time, ct);
            }
        }
        consumer.Unassign();
        return latest;
    }

    private static void Take(ConsumeResult<byte[], byte[]> record, Dictionary<int, ProgressRecord> latest)
    {
        if (record.Message is not { Key: { } key, Value: { } value } || !Encoding.UTF8.GetString(key).StartsWith("shard-", StringComparison.Ordinal)) return;
        try
        {
            var progress = JsonSerializer.Deserialize<ProgressRecord>(value, ApiJson.Options) ?? throw new JsonException("null");
            latest[progress.Index] = progress;
        }
        catch (JsonException error)
        {
            throw new PodFatalException($"{record.TopicPartitionOffset} is no progress: {error.Message}. Only this job's workers and the operator may write there", error);
        }
    }

    /// <summary>The end, once nothing before it is undecided.</summary>
    private async Task<long> EndAsync(IAdminClient admin, TopicPartition source, CancellationToken ct)
    {
        for (; ; )
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var (stable, high) = (await EndAsync(admin, source, IsolationLevel.ReadCommitted), await EndAsync(admin, source, IsolationLevel.ReadUncommitted));
                if (stable >= high) return stable;
                logger.LogInformation("{Source}: a transaction at {Stable} of {High} is undecided; waiting", source, stable, high);
            }
            catch (KafkaException error) when (!error.Error.IsFatal)
            {
                logger.LogWarning("asking for the end of {Source}: {Code}: {Reason}", source, error.Error.Code, error.Error.Reason);
            }
            await Task.Delay(Poll, time, ct);
        }
    }

    private static async Task<long> EndAsync(IAdminClient admin, TopicPartition source, IsolationLevel isolation)
    {
        var options = new ListOffsetsOptions { IsolationLevel = isolation, RequestTimeout = TimeSpan.FromSeconds(10) };
        var answer = await admin.ListOffsetsAsync([new TopicPartitionOffsetSpec { TopicPartition = source, OffsetSpec = OffsetSpec.Latest() }], options);
        return answer.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }
}
