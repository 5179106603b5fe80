using DeepfakeOperator.Scanning.Feeds;
using DeepfakeOperator.Scanning.Fetching;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>Items between feed and publication: bounded in number and bytes, and somebody may wait until none is being worked on.</summary>
internal sealed class InFlight(ShardWorkerOptions options, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _room = new(options.MaxInFlight);
    private readonly ByteBudget _bytes = new(options.MaxInFlightBytes);
    private readonly Signal _quiet = new();
    private long _lastCompletion = options.TimeProvider.GetTimestamp();
    private int _outstanding;

    /// <summary>Items that have no outcome yet.</summary>
    internal int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>How long nothing has been completed though something is being worked on.</summary>
    internal TimeSpan Standstill => Outstanding > 0 ? options.TimeProvider.GetElapsedTime(Interlocked.Read(ref _lastCompletion)) : TimeSpan.Zero;

    /// <summary>Waits for room, which <see cref="Release"/> gives back.</summary>
    internal async Task<FedItem> AdmitAsync(SourceRead read, CancellationToken ct)
    {
        var cost = Math.Min(read.Record?.Message.Value?.Length ?? 0, options.MaxInFlightBytes);
        await _room.WaitAsync(ct);
        await _bytes.AcquireAsync(cost, ct);
        return new FedItem(read.Record, read.Offset, read.Next) { Cost = cost };
    }

    /// <summary>Work on an item begins.</summary>
    internal void Began()
    {
        if (Interlocked.Increment(ref _outstanding) == 1) Interlocked.Exchange(ref _lastCompletion, options.TimeProvider.GetTimestamp());
    }

    /// <summary>An item has its outcome.</summary>
    /// <returns>True: it was the last.</returns>
    internal bool Completed(FedItem item, ItemOutcome outcome)
    {
        item.Complete(outcome);
        // Only a dead letter needs its record any more.
        if (outcome.Verdict is not null) _bytes.Release(item.Release());
        Interlocked.Exchange(ref _lastCompletion, options.TimeProvider.GetTimestamp());
        return Departed();
    }

    /// <summary>An item is not worked on any more.</summary>
    /// <returns>True: it was the last.</returns>
    internal bool Departed()
    {
        if (Interlocked.Decrement(ref _outstanding) > 0) return false;
        _quiet.Set();
        return true;
    }

    /// <summary>Gives back what these items held.</summary>
    internal void Release(IReadOnlyList<FedItem> items)
    {
        if (items.Count == 0) return;
        foreach (var item in items) _bytes.Release(item.Release());
        _room.Release(items.Count);
    }

    /// <summary>Waits until nothing is worked on, or for so long.</summary>
    internal async Task QuietAsync(TimeSpan longest, CancellationToken ct)
    {
        var started = options.TimeProvider.GetTimestamp();
        while (Outstanding > 0)
        {
            var left = longest == Timeout.InfiniteTimeSpan ? longest : longest - options.TimeProvider.GetElapsedTime(started);
            if (left <= TimeSpan.Zero && longest != Timeout.InfiniteTimeSpan)
            {
                logger.LogWarning("{Items} items were still in flight after {Timeout}; another worker does them again", Outstanding, longest);
                return;
            }
            await _quiet.WaitAsync(left, options.TimeProvider, ct);
        }
    }

    public void Dispose() => _room.Dispose();
}
