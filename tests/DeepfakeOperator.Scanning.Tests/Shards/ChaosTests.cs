using DeepfakeOperator.Api.ScanJobs;
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

    [Fact]
    public void A_good_item_that_ends_as_a_dead_letter_is_lost()
    {
        var exact = new ItemCounts { Processed = 2, Fake = 1, Real = 1 };
        Assert.True(ChaosOutcome.Of(["a", "b"], 1, ["a", "b"], [], exact, 0).IsExact);
        // The counts agree with the topics; the item is lost all the same, to WorkerCrash.
        var outcome = ChaosOutcome.Of(["a", "b"], 1, ["a"], ["b"], new ItemCounts { Processed = 2, Fake = 1, Failed = 1 }, 0);
        Assert.Equal((1, 0, 0L, false), (outcome.Lost, outcome.Duplicated, outcome.Miscounted, outcome.IsExact));
    }
}
