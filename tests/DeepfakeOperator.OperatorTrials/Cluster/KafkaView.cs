using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>What stands in Kafka, read with clients of our own.</summary>
internal sealed class KafkaView(string bootstrapServers)
{
    /// <summary>Every shard that stands committed in the shards topic, with its partition there.</summary>
    public IReadOnlyList<(int Partition, ShardRecord Shard)> DealtShards(InternalTopics topics, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "test",
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
        }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var open = admin.GetMetadata(topics.Shards, TimeSpan.FromSeconds(10)).Topics[0].Partitions
            .Select(partition => new TopicPartition(topics.Shards, partition.PartitionId)).ToHashSet();
        consumer.Assign(open.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var shards = new List<(int, ShardRecord)>();
        while (open.Count > 0)
        {
            var result = consumer.Consume(cancellation);
            if (result.IsPartitionEOF) open.Remove(result.TopicPartition);
            else shards.Add((result.Partition.Value, JsonSerializer.Deserialize<ShardRecord>(result.Message.Value, ApiJson.Options)!));
        }
        return shards;
    }

    public IReadOnlyList<string> TopicNames()
    {
        using var admin = Admin();
        return [.. admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic)];
    }

    public async Task<IReadOnlyList<string>> GroupNamesAsync()
    {
        using var admin = Admin();
        return [.. (await admin.ListConsumerGroupsAsync(new ListConsumerGroupsOptions())).Valid.Select(group => group.GroupId)];
    }

    /// <summary>Puts so many references into a topic, in turn over its partitions.</summary>
    public void Publish(string topic, int items, int partitions, CancellationToken cancellation)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        for (var item = 0; item < items; item++)
        {
            producer.Produce(new TopicPartition(topic, item % partitions), new Message<Null, string> { Value = $"{{\"id\":\"{item}\"}}" });
        }
        producer.Flush(cancellation);
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
}
