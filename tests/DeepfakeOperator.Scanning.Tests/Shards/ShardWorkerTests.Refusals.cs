using System.Text;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Chaos;

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>What Kafka or its client will not take.</summary>
public sealed partial class ShardWorkerTests
{
    [Fact]
    public async Task A_dead_letter_that_its_topic_refuses_for_its_size_goes_without_the_value()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        await scenario.CreateAsync(deadLetterSettings: new() { ["max.message.bytes"] = "2000" });
        var kafka = await fixture.RealAsync();
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build())
        {
            var noise = new byte[5000];
            new Random(1).NextBytes(noise);
            await producer.ProduceAsync(scenario.Source, new Message<byte[], byte[]> { Key = "big"u8.ToArray(), Value = noise }, Cancelled);
            await producer.ProduceAsync(scenario.Source, ShardTopics.Record("good"), Cancelled);
        }
        await scenario.DealAsync(10, Cancelled);

        await using var worker = Start(scenario, 0, Now);
        await scenario.FollowAsync(1, null, Cancelled);

        var letter = Assert.Single(await scenario.ReadDeadLettersAsync(Cancelled));
        Assert.Null(letter.Value);
        Assert.Equal("big", Encoding.UTF8.GetString(letter.Key));
        Assert.Contains("left out", Header(letter, DeadLetterHeaders.Message), StringComparison.Ordinal);
        Assert.Equal(["good"], await IdsAsync(scenario));
    }

    [Fact]
    public async Task A_wrong_setting_is_fatal_and_says_which_without_quoting_the_secret()
    {
        var scenario = await fixture.NewJobAsync(partitions: 1);
        var source = scenario.Configuration.Spec.Source.Kafka;
        PodFatalException Refused(KafkaClientSettings settings) =>
            Assert.Throws<PodFatalException>(() => Start(scenario, 0, Now, options => options with { Kafka = settings }));

        var unknown = Refused(KafkaClientSettings.Of(source with { Properties = new Dictionary<string, string> { ["no.such.setting"] = "1" } }, null));
        Assert.Contains("no.such.setting", unknown.Message, StringComparison.Ordinal);

        // Password and mechanism mixed up: librdkafka's complaint quotes what it cannot read.
        var mixedUp = Refused(KafkaClientSettings.Of(source, new Dictionary<string, byte[]>
        {
            ["security.protocol"] = "hunter2"u8.ToArray(),
            ["sasl.mechanism"] = "PLAIN"u8.ToArray(),
            ["sasl.username"] = "scanner"u8.ToArray(),
            ["sasl.password"] = "SASL_SSL"u8.ToArray(),
        }));
        Assert.Contains("security.protocol", mixedUp.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", mixedUp.ToString(), StringComparison.Ordinal);
    }
}
