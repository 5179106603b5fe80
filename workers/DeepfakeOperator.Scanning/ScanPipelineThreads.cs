using System.Collections.Concurrent;

namespace DeepfakeOperator.Scanning;

/// <summary>
/// A stage of pure computing: a bounded queue in front of threads of its own. On the thread pool, work that never yields would starve fetching and the
/// Kafka client, since the pool starts with no more threads than there are cores.
/// </summary>
internal sealed class ScanPipelineThreads<T> : IDisposable
{
    private readonly BlockingCollection<T> _queue = [];
    private readonly SemaphoreSlim _room;
    private readonly Thread[] _threads;
    private readonly string _stage;

    internal ScanPipelineThreads(string stage, int threads, int capacity, Action<T> work)
    {
        (_stage, _room) = (stage, new SemaphoreSlim(capacity));
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(() => Run(work)) { IsBackground = true, Name = $"{stage} {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Hands in work, waiting while the queue is full.</summary>
    internal async ValueTask EnqueueAsync(T item, CancellationToken ct)
    {
        await _room.WaitAsync(ct);
        ScanPipelineMetrics.Queue(_stage, 1);
        _queue.Add(item, ct);
    }

    /// <summary>Lets the threads finish what they hold and drops the rest.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        while (_queue.TryTake(out _)) ScanPipelineMetrics.Queue(_stage, -1);
        foreach (var thread in _threads) thread.Join();
        _queue.Dispose();
        _room.Dispose();
    }

    private void Run(Action<T> work)
    {
        foreach (var item in _queue.GetConsumingEnumerable())
        {
            _room.Release();
            ScanPipelineMetrics.Queue(_stage, -1);
            work(item);
        }
    }
}
