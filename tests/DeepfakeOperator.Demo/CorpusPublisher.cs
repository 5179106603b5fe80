using System.Text;
using Confluent.Kafka;

namespace DeepfakeOperator.Demo;

/// <summary>Publishes a corpus to a topic, as a moderation pipeline would.</summary>
public static class CorpusPublisher
{
    /// <summary>Writes every item and waits until the broker has them all.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refused one.</exception>
    public static async Task PublishAsync(string bootstrapServers, string topic, IReadOnlyList<CorpusItem> items, CancellationToken cancellationToken)
    {
        using var producer = QuietKafka.Producer(new ProducerConfig { BootstrapServers = bootstrapServers, EnableIdempotence = true });
        foreach (var chunk in items.Chunk(1000))
            await Task.WhenAll(chunk.Select(item => producer.ProduceAsync(topic, Record(item), cancellationToken)));
    }

    private static Message<byte[], byte[]> Record(CorpusItem item) => new()
    {
        Key = Encoding.UTF8.GetBytes(item.Id),
        Value = item.Value,
        Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes(item.ContentType ?? "application/json") } },
    };
}
