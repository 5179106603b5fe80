namespace DeepfakeOperator.Scanning;

/// <summary>Wakes one waiter. Set while nobody waits, it wakes the next at once.</summary>
internal sealed class Signal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Set()
    {
        lock (_lock) _set.TrySetResult();
    }

    /// <summary>Waits until it is set, and takes that back.</summary>
    internal Task WaitAsync(CancellationToken ct) => WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    /// <summary>Waits until it is set, and takes that back, or for so long.</summary>
    internal async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        Task set;
        lock (_lock) set = _set.Task;
        if (!set.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(set, Task.Delay(longest, time, over.Token));
            await over.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
        lock (_lock)
        {
            if (_set.Task.IsCompleted) _set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
