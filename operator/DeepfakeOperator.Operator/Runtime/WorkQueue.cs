namespace DeepfakeOperator.Operator.Runtime;

/// <summary>
/// Keys waiting to be reconciled. A key is never handed out twice at once; added while it is being worked on, it is handed out again afterwards; added
/// several times before that, once. Never drops a key. Bounded by the number of distinct keys.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<ObjectKey> _ready = new();
    private readonly HashSet<ObjectKey> _dirty = [];
    private readonly HashSet<ObjectKey> _processing = [];
    private readonly Dictionary<ObjectKey, DateTimeOffset> _due = [];
    private readonly PriorityQueue<ObjectKey, DateTimeOffset> _timeline = new();
    private readonly Dictionary<ObjectKey, int> _failures = [];
    private readonly SemaphoreSlim _available = new(0);
    private readonly TimeProvider _clock;
    private readonly Backoff _backoff;
    private readonly ITimer _timer;

    public WorkQueue(TimeProvider clock, Backoff backoff)
    {
        _clock = clock;
        _backoff = backoff;
        _timer = clock.CreateTimer(_ => MoveDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys ready to be taken.</summary>
    public int Depth
    {
        get
        {
            lock (_gate) return _ready.Count;
        }
    }

    public void Add(ObjectKey key)
    {
        lock (_gate) AddLocked(key);
    }

    /// <summary>Adds it after a delay; of several delays the one that ends first counts.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }
            var at = _clock.GetUtcNow() + delay;
            if (_due.TryGetValue(key, out var earlier) && earlier <= at) return;
            _due[key] = at;
            _timeline.Enqueue(key, at);
            ArmLocked();
        }
    }

    /// <summary>Adds it after a delay that doubles with each call until <see cref="Forget"/>.</summary>
    public void AddRateLimited(ObjectKey key)
    {
        TimeSpan delay;
        lock (_gate)
        {
            var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
            delay = _backoff.After(failures);
        }
        AddAfter(key, delay);
    }

    /// <summary>The key succeeded: its next failure waits the shortest delay.</summary>
    public void Forget(ObjectKey key)
    {
        lock (_gate) _failures.Remove(key);
    }

    /// <summary>Waits for a key; give it back with <see cref="Done"/>.</summary>
    public async ValueTask<ObjectKey> TakeAsync(CancellationToken cancellation)
    {
        await _available.WaitAsync(cancellation);
        lock (_gate)
        {
            var key = _ready.Dequeue();
            _dirty.Remove(key);
            _processing.Add(key);
            return key;
        }
    }

    public void Done(ObjectKey key)
    {
        lock (_gate)
        {
            _processing.Remove(key);
            if (_dirty.Contains(key)) ReadyLocked(key);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _available.Dispose();
    }

    private void AddLocked(ObjectKey key)
    {
        if (_dirty.Add(key) && !_processing.Contains(key)) ReadyLocked(key);
    }

    private void ReadyLocked(ObjectKey key)
    {
        _ready.Enqueue(key);
        _available.Release();
    }

    private void MoveDue()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            while (_timeline.TryPeek(out var key, out var at) && at <= now)
            {
                _timeline.Dequeue();
                // An entry that a shorter delay has overtaken is no longer in the table under its own time.
                if (_due.TryGetValue(key, out var due) && due == at)
                {
                    _due.Remove(key);
                    AddLocked(key);
                }
            }
            ArmLocked();
        }
    }

    private void ArmLocked()
    {
        if (!_timeline.TryPeek(out _, out var next)) return;
        var wait = next - _clock.GetUtcNow();
        // Timers count whole milliseconds: one more keeps a timer that fires early from finding nothing due.
        _timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
