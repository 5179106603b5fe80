namespace DeepfakeOperator.Operator.Kafka;

/// <summary>Runs calls that block a thread (librdkafka's) on threads of their own, a bounded number at a time, so that they never starve the thread pool.</summary>
internal sealed class BlockingCalls(int most) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(most);

    /// <summary>The call must itself end in bounded time: it cannot be stopped from outside.</summary>
    public async Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            return await Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _slots.Release();
        }
    }

    public Task RunAsync(Action call, CancellationToken cancellation) => RunAsync(
        () =>
        {
            call();
            return true;
        },
        cancellation);

    public void Dispose() => _slots.Dispose();
}
