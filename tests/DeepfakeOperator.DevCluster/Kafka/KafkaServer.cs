using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace DeepfakeOperator.DevCluster.Kafka;

/// <summary>A Kafka to test against: yours, one started here, a container, or librdkafka's mock.</summary>
public abstract class KafkaServer : IAsyncDisposable
{
    /// <summary>host:port.</summary>
    public abstract string BootstrapServers { get; }

    /// <summary>In a word: external, kafka-4.3.1, testcontainers, mock.</summary>
    public abstract string Kind { get; }

    /// <summary>Which was chosen and why, in one line.</summary>
    public abstract string Reason { get; }

    /// <summary>False for a broker that was there before us, with the topics of others, and stays.</summary>
    public virtual bool IsOurs => true;

    /// <summary>False for the mock, which neither stores transactional offsets nor hides what was aborted.</summary>
    public virtual bool SupportsTransactions => true;

    /// <summary>Starts the first that can be had: KAFKA_BOOTSTRAP, KAFKA_HOME, a container, the mock.</summary>
    /// <param name="environment">What to read those variables from; tests pass their own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<KafkaServer> StartAsync(IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        if (environment.GetValueOrDefault("KAFKA_BOOTSTRAP") is { Length: > 0 } bootstrap) return new ExternalKafka(bootstrap);
        if (environment.GetValueOrDefault("KAFKA_HOME") is { Length: > 0 } home) return await LocalKafka.StartAsync(home, cancellationToken);
        return await Docker.WhyNotAsync(environment, cancellationToken) is { } reason ? new MockKafka(reason)
            : await ContainerKafka.StartAsync(cancellationToken);
    }

    /// <summary>Makes a topic; one that is there already is left alone.</summary>
    public virtual async Task CreateTopicAsync(string name, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = -1 }]);
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Already there is what was asked for.
        }
    }

    /// <summary>Ends the broker at once; what it has written stays.</summary>
    public abstract Task StopAsync();

    /// <summary>Starts it again on the same address, with what it had.</summary>
    public abstract Task StartAgainAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
