using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Feeds;

/// <summary>Makes the clients of one worker: the job's own settings, with what a client needs over them. Holds secrets.</summary>
/// <param name="settings">How to reach the job's cluster.</param>
/// <param name="logger">Told what the clients have to say.</param>
internal sealed class WorkerKafka(KafkaClientSettings settings, ILogger logger)
{
    /// <summary>A consumer of committed records that never makes topics and never commits by itself.</summary>
    /// <param name="own">What else it is; <c>group.id</c> included.</param>
    /// <param name="with">Adds handlers.</param>
    /// <exception cref="PodFatalException">A setting is refused.</exception>
    internal IConsumer<byte[], byte[]> Consumer(ConsumerConfig own, Action<ConsumerBuilder<byte[], byte[]>>? with = null)
    {
        own.EnableAutoCommit = false;
        own.EnableAutoOffsetStore = false;
        own.AllowAutoCreateTopics = false;
        own.IsolationLevel = IsolationLevel.ReadCommitted;
        own.ReconnectBackoffMaxMs = 2000;
        var builder = new ConsumerBuilder<byte[], byte[]>(settings.With(own))
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler((_, error) => Log(own.ClientId, error));
        with?.Invoke(builder);
        return Build(builder.Build);
    }

    /// <summary>A producer.</summary>
    /// <exception cref="PodFatalException">A setting is refused.</exception>
    internal IProducer<byte[], byte[]> Producer(ProducerConfig own)
    {
        own.ReconnectBackoffMaxMs = 2000;
        var builder = new ProducerBuilder<byte[], byte[]>(settings.With(own))
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler((_, error) => Log(own.ClientId, error));
        return Build(builder.Build);
    }

    private void Log(LogMessage message) => logger.LogDebug("librdkafka {Client} {Facility}: {Message}", message.Name, message.Facility, message.Message);

    private void Log(string client, Error error) => logger.LogWarning("Kafka client {Client}: {Code}: {Reason}", client, error.Code, error.Reason);

    private T Build<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new PodFatalException($"a Kafka setting is refused: {settings.Redact(error.Message)}. Check spec.source.kafka.properties and the secret of authSecretRef");
        }
    }
}
