using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Demo;

/// <summary>Reads the result and dead-letter topics from beginning to end, as any downstream system would: committed records only.</summary>
public static class ResultReader
{
    /// <summary>All records that are committed now; a record that stands twice is there twice.</summary>
    public static async Task<IReadOnlyList<ScannedItem>> ReadAsync(
        string bootstrapServers, string resultTopic, string deadLetterTopic, CancellationToken cancellationToken) =>
        await Task.Run(() => Read(bootstrapServers, resultTopic, deadLetterTopic, cancellationToken), cancellationToken);

    private static List<ScannedItem> Read(string bootstrapServers, string resultTopic, string deadLetterTopic, CancellationToken cancellationToken)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "deepfake-demo-reader",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
        };
        using var admin = QuietKafka.Admin(bootstrapServers);
        using var consumer = QuietKafka.Consumer(config);
        var partitions = new[] { resultTopic, deadLetterTopic }
            .SelectMany(topic => admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Single(found => found.Topic == topic).Partitions
                .Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)))
            .ToList();
        consumer.Assign(partitions);
        var items = new List<ScannedItem>();
        for (var open = partitions.Count; open > 0;)
        {
            var record = consumer.Consume(cancellationToken);
            if (record.IsPartitionEOF) open--;
            else items.Add(record.Topic == resultTopic ? Judged(record.Message) : DeadLetter(record.Message));
        }
        consumer.Close();
        return items;
    }

    private static ScannedItem Judged(Message<byte[], byte[]> message)
    {
        var verdict = JsonSerializer.Deserialize<VerdictRecord>(message.Value, ApiJson.Options)!;
        return new ScannedItem(verdict.Id, verdict, null);
    }

    private static ScannedItem DeadLetter(Message<byte[], byte[]> message)
    {
        string Header(string name) => message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
        var id = message.Key is { Length: > 0 } key
            ? Encoding.UTF8.GetString(key)
            : $"{Header(DeadLetterHeaders.Topic)}-{Header(DeadLetterHeaders.Partition)}-{Header(DeadLetterHeaders.Offset)}";
        return new ScannedItem(id, null, $"{Header(DeadLetterHeaders.ErrorClass)}: {Header(DeadLetterHeaders.Message)}");
    }
}
