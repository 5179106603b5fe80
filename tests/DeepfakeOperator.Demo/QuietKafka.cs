using Confluent.Kafka;

namespace DeepfakeOperator.Demo;

/// <summary>
/// Kafka clients that write nothing of their own: librdkafka's log lines are for its developers, and what matters in them also comes as an exception.
/// </summary>
internal static class QuietKafka
{
    public static IAdminClient Admin(string bootstrapServers) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    public static IProducer<byte[], byte[]> Producer(ProducerConfig configuration) =>
        new ProducerBuilder<byte[], byte[]>(configuration).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    public static IConsumer<byte[], byte[]> Consumer(ConsumerConfig configuration) =>
        new ConsumerBuilder<byte[], byte[]>(configuration).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}
