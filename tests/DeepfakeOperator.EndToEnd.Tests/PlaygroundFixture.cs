using DeepfakeOperator.Demo;

namespace DeepfakeOperator.EndToEnd.Tests;

/// <summary>One cluster with the operator in it, for the stories of one class.</summary>
public sealed class PlaygroundFixture : IAsyncLifetime
{
    private Playground? playground;

    public Playground Playground => playground ?? throw new InvalidOperationException("the fixture has not started");

    public async ValueTask InitializeAsync() =>
        playground = await Playground.StartAsync(PlaygroundOptions.OneNode, Console.Out.WriteLine, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (playground is not null) await playground.DisposeAsync();
    }
}
