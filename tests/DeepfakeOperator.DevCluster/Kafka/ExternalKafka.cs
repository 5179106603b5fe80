namespace DeepfakeOperator.DevCluster.Kafka;

/// <summary>A broker that somebody else runs.</summary>
internal sealed class ExternalKafka(string bootstrapServers) : KafkaServer
{
    public override string BootstrapServers => bootstrapServers;

    public override string Kind => "external";

    public override string Reason => $"kafka: the broker at {bootstrapServers}, as KAFKA_BOOTSTRAP says";

    public override bool IsOurs => false;

    public override Task StopAsync() => throw new NotSupportedException("a broker that was not started here is not stopped here");

    public override Task StartAgainAsync(CancellationToken cancellationToken) => StopAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
