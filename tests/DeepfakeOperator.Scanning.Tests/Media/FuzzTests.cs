using DeepfakeOperator.Fuzz;

namespace DeepfakeOperator.Scanning.Tests.Media;

/// <summary>A small edition of what the fuzz program does.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Mutated_and_hostile_files_end_as_a_verdict_or_a_typed_failure_and_call_nobody()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));

        var outcome = await new FuzzRun(new FuzzOptions(Files: 200, Seed: 7), Console.Out.WriteLine).RunAsync(patience.Token);

        Assert.True(outcome is { IsClean: true, Files: 200 }, outcome.ToString());
    }
}
