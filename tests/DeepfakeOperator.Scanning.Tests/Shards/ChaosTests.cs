using DeepfakeOperator.Chaos;

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>A small edition of `make chaos-worker`. It restarts the broker, so it has the broker to itself.</summary>
[Collection(nameof(ShardWorkerTests))]
public sealed class ChaosTests(KafkaFixture fixture)
{
    [Fact]
    public async Task Workers_killed_and_paused_and_a_broker_restart_lose_nothing_and_double_nothing()
    {
        var kafka = await fixture.RealAsync();
        Assert.SkipUnless(kafka.Kind.StartsWith("kafka", StringComparison.Ordinal), "a broker that is not ours is not restarted: " + kafka.Reason);

        var outcome = await new ChaosRun(kafka, new ChaosOptions(Items: 6000, Kills: 6, Seed: 7), Console.Out.WriteLine).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(outcome is { IsExact: true, Kills: 6 }, outcome.ToString());
    }
}
