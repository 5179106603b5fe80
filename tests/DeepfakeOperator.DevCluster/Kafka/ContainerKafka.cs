using Testcontainers.Kafka;

namespace DeepfakeOperator.DevCluster.Kafka;

/// <summary>Kafka in a container.</summary>
internal sealed class ContainerKafka(KafkaContainer container) : KafkaServer
{
    public override string BootstrapServers => container.GetBootstrapAddress();

    public override string Kind => "testcontainers";

    public override string Reason => $"kafka: a container on {BootstrapServers}, neither KAFKA_BOOTSTRAP nor KAFKA_HOME is set, and Docker answers";

    public static async Task<KafkaServer> StartAsync(CancellationToken cancellationToken)
    {
        var container = new KafkaBuilder("confluentinc/cp-kafka:7.8.0").Build();
        await container.StartAsync(cancellationToken);
        return new ContainerKafka(container);
    }

    public override Task StopAsync() => container.PauseAsync();

    public override Task StartAgainAsync(CancellationToken cancellationToken) => container.UnpauseAsync(cancellationToken);

    public override ValueTask DisposeAsync() => container.DisposeAsync();
}
