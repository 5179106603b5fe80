using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>Freezes what a batch will read.</summary>
internal static class SourceOffsets
{
    /// <summary>The range of each source partition, in order of topic and partition; empty ones are left out.</summary>
    /// <exception cref="BlockedException">A topic is missing, or the cluster does not answer.</exception>
    public static async Task<IReadOnlyList<PlannedRange>> FreezeAsync(KafkaConnection connection, KafkaSourceSpec source)
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in source.Topics.Distinct().Order(StringComparer.Ordinal))
        {
            var count = await connection.PartitionsOfAsync(topic) ?? throw new BlockedException(
                Reasons.SourceTopicNotFound,
                $"topic '{topic}' (spec.source.kafka.topics) does not exist at {connection.Settings.Bootstrap}. Create it or correct its name; the job starts by itself then");
            partitions.AddRange(Enumerable.Range(0, count).Select(partition => new TopicPartition(topic, partition)));
        }
        var stable = await connection.OffsetsAsync(partitions, OffsetSpec.Latest());
        var starts = source.Start.From switch
        {
            StartFrom.Earliest => await connection.OffsetsAsync(partitions, OffsetSpec.Earliest()),
            StartFrom.Latest => stable,
            _ => await AtAsync(connection, partitions, source.Start.Timestamp, stable, "spec.source.kafka.start.timestamp"),
        };
        var ends = source.End.At == EndAt.Now ? stable : await AtAsync(connection, partitions, source.End.Timestamp, stable, "spec.source.kafka.end.timestamp");
        return
        [
            .. partitions
                .Select(partition => new PlannedRange(partition.Topic, partition.Partition.Value, starts[partition], ends[partition]))
                .Where(range => range.To > range.From),
        ];
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, long>> AtAsync(
        KafkaConnection connection, List<TopicPartition> partitions, DateTimeOffset? time, IReadOnlyDictionary<TopicPartition, long> stable, string field)
    {
        if (time is not { } at) throw new BlockedException(Reasons.InvalidSpec, $"{field} is missing; write a time such as 2026-01-31T00:00:00Z");
        var found = await connection.OffsetsAsync(partitions, OffsetSpec.ForTimestamp(at.ToUnixTimeMilliseconds()));
        // No record so late (-1): the end; nor may a time lead beyond what is committed.
        return partitions.ToDictionary(partition => partition, partition => found[partition] < 0 ? stable[partition] : Math.Min(found[partition], stable[partition]));
    }
}
