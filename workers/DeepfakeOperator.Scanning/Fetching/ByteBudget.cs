namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Bounds the bytes of media held in memory. First come, first served.</summary>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _free = capacity;

    /// <summary>Waits for so many bytes. Take what starts an item here and grow with <see cref="TryAcquire"/>, or holders wait for one another.</summary>
    internal async ValueTask AcquireAsync(long bytes, CancellationToken ct)
    {
        TaskCompletionSource granted;
        lock (_lock)
        {
            if (_waiting.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return;
            }
            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
        }
        await using var registration = ct.Register(() => granted.TrySetCanceled(ct));
        await granted.Task;
    }

    /// <summary>Takes so many bytes if they are free and nobody waits for them.</summary>
    internal bool TryAcquire(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0 || bytes > _free) return false;
            _free -= bytes;
            return true;
        }
    }

    internal void Release(long bytes)
    {
        lock (_lock)
        {
            _free += bytes;
            while (_waiting.TryPeek(out var next) && (next.Bytes <= _free || next.Granted.Task.IsCanceled))
            {
                _waiting.Dequeue();
                if (next.Granted.TrySetResult()) _free -= next.Bytes;
            }
        }
    }
}
