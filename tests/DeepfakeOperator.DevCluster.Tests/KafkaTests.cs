using System.Diagnostics;
using Confluent.Kafka;
using DeepfakeOperator.DevCluster.Kafka;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>What tests and demo ask of a Kafka, whichever it is; and what the mock cannot do.</summary>
public sealed class KafkaTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // No variable set and no engine: the last resort.
    private static Task<KafkaServer> MockAsync() =>
        KafkaServer.StartAsync(new Dictionary<string, string?> { ["DOCKER_HOST"] = "unix:///nowhere/docker.sock" }, Cancellation);

    [Fact]
    public async Task The_mock_says_what_it_is_and_why_it_was_chosen()
    {
        await using var kafka = await MockAsync();
        Assert.Equal("mock", kafka.Kind);
        Assert.False(kafka.SupportsTransactions);
        Assert.Equal($"kafka: librdkafka's mock on {kafka.BootstrapServers}, neither KAFKA_BOOTSTRAP nor KAFKA_HOME is set, and "
            + "no Docker engine is here (/nowhere/docker.sock is missing); no proof of exactly-once with it", kafka.Reason);
    }

    [Fact]
    public async Task Topics_have_the_wanted_partitions_and_what_is_written_is_read_back()
    {
        await using var kafka = await MockAsync();
        await ProducesAndConsumesAsync(kafka);
    }

    [Fact]
    public async Task Transactions_commit()
    {
        await using var kafka = await MockAsync();
        await CommitsAsync(kafka);
    }

    // Limits that this project works around; if the mock ever learns them, the work-arounds can go.
    [Fact]
    public async Task The_mock_does_not_hide_what_was_aborted()
    {
        await using var kafka = await MockAsync();
        await kafka.CreateTopicAsync("topic", 1);
        await AbortAsync(kafka);
        Assert.Equal(["aborted"], await ReadAsync(kafka, "topic", 1));
    }

    [Fact]
    public async Task The_mock_serves_other_processes()
    {
        await using var kafka = await MockAsync();
        await kafka.CreateTopicAsync("topic", 2);
        using var other = Process.Start(new ProcessStartInfo("dotnet",
            [TestCluster.HelperPath, "produce", kafka.BootstrapServers, "topic", "from afar"]) { RedirectStandardOutput = true })!;
        var output = await other.StandardOutput.ReadToEndAsync(Cancellation);
        await other.WaitForExitAsync(Cancellation);
        Assert.True(other.ExitCode == 0, output);
        Assert.Equal(["from afar"], await ReadAsync(kafka, "topic", 1));
    }

    [Fact]
    public async Task A_distribution_is_started_survives_a_crash_and_keeps_transactions_apart()
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        Assert.SkipWhen(string.IsNullOrEmpty(home), "KAFKA_HOME is not set");
        await using var kafka = await KafkaServer.StartAsync(new Dictionary<string, string?> { ["KAFKA_HOME"] = home }, Cancellation);
        Assert.StartsWith("kafka-", kafka.Kind, StringComparison.Ordinal);
        Assert.True(kafka.SupportsTransactions);
        await ProducesAndConsumesAsync(kafka);
        await CommitsAsync(kafka);
        await kafka.CreateTopicAsync("topic", 1);
        await AbortAsync(kafka);
        await kafka.StopAsync();
        await kafka.StartAgainAsync(Cancellation);
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync("topic", new Message<string, string> { Value = "after" }, Cancellation);
        Assert.Equal(["after"], await ReadAsync(kafka, "topic", 1));
    }

    private static async Task ProducesAndConsumesAsync(KafkaServer kafka)
    {
        await kafka.CreateTopicAsync("wide", 5);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        Assert.Equal(5, admin.GetMetadata("wide", Patience).Topics.Single().Partitions.Count);
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        for (var index = 0; index < 20; index++)
            await producer.ProduceAsync(new TopicPartition("wide", index % 5), new Message<string, string> { Key = "k", Value = $"{index}" },
                Cancellation);
        Assert.Equal(Enumerable.Range(0, 20), (await ReadAsync(kafka, "wide", 20)).Select(int.Parse).Order());
    }

    private static async Task CommitsAsync(KafkaServer kafka)
    {
        await kafka.CreateTopicAsync("committed", 1);
        using var producer = Transactional(kafka);
        producer.BeginTransaction();
        for (var index = 0; index < 3; index++) producer.Produce("committed", new Message<string, string> { Value = $"{index}" });
        producer.CommitTransaction(Patience);
        Assert.Equal(["0", "1", "2"], await ReadAsync(kafka, "committed", 3));
    }

    private static async Task AbortAsync(KafkaServer kafka)
    {
        using var producer = Transactional(kafka);
        producer.BeginTransaction();
        await producer.ProduceAsync("topic", new Message<string, string> { Value = "aborted" }, Cancellation);
        producer.AbortTransaction(Patience);
    }

    private static IProducer<string, string> Transactional(KafkaServer kafka)
    {
        var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = "tester" }).Build();
        producer.InitTransactions(Patience);
        return producer;
    }

    private static Task<List<string>> ReadAsync(KafkaServer kafka, string topic, int count) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = Guid.NewGuid().ToString("N"),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Subscribe(topic);
        var values = new List<string>();
        var started = Stopwatch.StartNew();
        while (values.Count < count && started.Elapsed < Patience)
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } one) values.Add(one.Message.Value);
        consumer.Close();
        return values;
    }, Cancellation);
}
