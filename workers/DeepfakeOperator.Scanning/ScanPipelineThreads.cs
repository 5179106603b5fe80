using System.Collections.Concurrent;

namespace DeepfakeOperator.Scanning;

/// <summary>
/// A stage of computing with waits in between: a bounded number of items at once, on threads of its own. On the thread pool, work that seldom yields
/// would starve fetching and the Kafka client, since the pool starts with no more threads than there are cores. What follows an await runs on these
/// threads too, which is what a synchronization context is for.
/// </summary>
internal sealed class ScanPipelineThreads<T> : IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> _queue = [];
    private readonly SemaphoreSlim _room;
    private readonly Thread[] _threads;
    private readonly string _stage;
    private readonly int _capacity;
    private readonly Func<T, Task> _work;

    /// <param name="stage">Name for threads and metrics.</param>
    /// <param name="threads">How many.</param>
    /// <param name="capacity">Items that are queued or worked on, at most.</param>
    /// <param name="work">What is done with an item; throws nothing, and ends soon once the pipeline stops.</param>
    internal ScanPipelineThreads(string stage, int threads, int capacity, Func<T, Task> work)
    {
        (_stage, _capacity, _work, _room) = (stage, capacity, work, new SemaphoreSlim(capacity));
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"{stage} {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Hands in work, waiting while there is no room.</summary>
    internal async ValueTask EnqueueAsync(T item, CancellationToken ct)
    {
        await _room.WaitAsync(ct);
        ScanPipelineMetrics.Queue(_stage, 1);
        // The room is taken: from here on it is given back by the work only.
        _queue.Add((state => _ = StartAsync((T)state!), item), CancellationToken.None);
    }

    /// <summary>Waits for what is in hand; nothing may be handed in any more.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _capacity; i++) _room.Wait();
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _queue.Dispose();
        _room.Dispose();
    }

    private async Task StartAsync(T item)
    {
        ScanPipelineMetrics.Queue(_stage, -1);
        try
        {
            await _work(item);
        }
        finally
        {
            _room.Release();
        }
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(new Context(_queue));
        foreach (var (work, state) in _queue.GetConsumingEnumerable()) work(state);
    }

    private sealed class Context(BlockingCollection<(SendOrPostCallback Work, object? State)> queue) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => queue.Add((d, state));

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
