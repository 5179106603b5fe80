namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>A worker at work.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly ShardWorker _worker;
    private int _disposed;

    internal RunningWorker(ShardWorker worker)
    {
        _worker = worker;
        Run = Task.Run(() => worker.RunAsync(_drain.Token));
    }

    internal Task Run { get; }

    internal ShardWorker Worker => _worker;

    internal async Task DrainAsync()
    {
        await _drain.CancelAsync();
        await Run;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _drain.CancelAsync();
        await Run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _worker.DisposeAsync();
        _drain.Dispose();
    }
}
