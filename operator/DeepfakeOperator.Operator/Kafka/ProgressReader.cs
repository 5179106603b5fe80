using System.Collections.Concurrent;
using Confluent.Kafka;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>
/// Reads the progress topics of all jobs of one cluster with one consumer: partitions come and go one by one, each from its beginning, committed records only.
/// The loop also is what lets librdkafka report errors.
/// </summary>
internal sealed class ProgressReader(IConsumer<string, byte[]> consumer, ILogger log)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<Action> _changes = new();
    private readonly ConcurrentDictionary<string, IProgressSink> _sinks = new();

    /// <summary>Begins reading partitions from <paramref name="from"/> up to, without, <paramref name="to"/>; until <see cref="Detach"/>.</summary>
    public void Attach(string topic, int from, int to, IProgressSink sink) => _changes.Enqueue(() =>
    {
        _sinks[topic] = sink;
        consumer.IncrementalAssign(Partitions(topic, from, to).Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
    });

    public void Detach(string topic, int partitions) => _changes.Enqueue(() =>
    {
        if (_sinks.TryRemove(topic, out _)) consumer.IncrementalUnassign(Partitions(topic, 0, partitions));
    });

    /// <summary>Blocks its thread until cancelled.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                while (_changes.TryDequeue(out var change)) change();
                Take(consumer.Consume(Poll));
            }
            catch (ConsumeException error)
            {
                // Retried by librdkafka itself; a topic that was deleted meanwhile is detached soon.
                log.LogWarning("reading progress: {Error}", error.Error);
            }
            catch (KafkaException error)
            {
                log.LogError("reading progress: {Error}", error.Error);
            }
            catch (Exception error)
            {
                // One record that is not understood must not end the reading for all jobs of the cluster.
                log.LogError("a progress record was not understood: {Error}", error.Message);
            }
        }
    }

    private void Take(ConsumeResult<string, byte[]>? result)
    {
        if (result is null || !_sinks.TryGetValue(result.Topic, out var sink)) return;
        if (result.IsPartitionEOF) sink.CaughtUp(result.Partition.Value);
        else if (result.Message.Value is { } value) sink.Take(result.Partition.Value, result.Message.Key ?? "", value);
    }

    private static IEnumerable<TopicPartition> Partitions(string topic, int from, int to) =>
        Enumerable.Range(from, to - from).Select(partition => new TopicPartition(topic, partition));
}
