using DeepfakeOperator.Chaos;

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>A small edition of what the chaos program does.</summary>
[Collection(nameof(ShardWorkerTests))]
public sealed class ChaosTests(KafkaFixture fixture)
{
    [Fact]
    public async Task Workers_killed_and_paused_lose_nothing_and_double_nothing()
    {
        var kafka = await fixture.RealAsync();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));

        var outcome = await new ChaosRun(kafka, new ChaosOptions(Items: 6000, Kills: 6, Seed: 7, RestartBroker: false), Console.Out.WriteLine).RunAsync(patience.Token);

        Assert.True(outcome is { IsExact: true, Kills: 6 }, outcome.ToString());
    }
}
