namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>Decides when a transaction is due: every interval, after so many outcomes, when asked, and when nothing is left to wait for.</summary>
/// <param name="options">Interval and number.</param>
/// <param name="publish">Publishes what is ready; false: try again. Blocks.</param>
internal sealed class CommitLoop(ShardWorkerOptions options, Func<bool> publish)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Signal _due = new();
    private readonly Lock _lock = new();
    private List<TaskCompletionSource> _waiting = [];
    private int _ready;

    /// <summary>One outcome more.</summary>
    internal void Completed()
    {
        if (Interlocked.Increment(ref _ready) >= options.CommitItems) _due.Set();
    }

    /// <summary>Nothing else is coming; waiting for more is in vain.</summary>
    internal void Hurry() => _due.Set();

    /// <summary>Publishes what is ready now; ends when it is committed.</summary>
    internal Task NowAsync(CancellationToken ct)
    {
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) _waiting.Add(committed);
        _due.Set();
        return committed.Task.WaitAsync(ct);
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await _due.WaitAsync(options.CommitInterval, options.TimeProvider, ct);
                List<TaskCompletionSource> waiting;
                lock (_lock) (waiting, _waiting) = (_waiting, []);
                Interlocked.Exchange(ref _ready, 0);
                if (await Task.Run(publish, ct))
                {
                    pause = FirstPause;
                    foreach (var waiter in waiting) waiter.TrySetResult();
                    continue;
                }
                lock (_lock) _waiting.AddRange(waiting);
                _due.Set();
                await Task.Delay(pause, options.TimeProvider, ct);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // The worker is leaving; what is ready is published as it hands over.
            }
        }
    }
}
