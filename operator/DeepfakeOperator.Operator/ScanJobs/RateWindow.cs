namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Events per second over the last minute, from sums kept in slots of five seconds. Not thread-safe.</summary>
internal sealed class RateWindow
{
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<(DateTimeOffset Start, long Count)> _slots = new();
    private DateTimeOffset? _first;
    private DateTimeOffset _open;
    private long _count;

    public void Add(DateTimeOffset now, long count)
    {
        if (count == 0) return;
        // A window that ran empty starts again: the pause before is not part of the new speed.
        if (_first is null || (_count == 0 && _slots.Count == 0))
        {
            _first = now;
            _open = now;
        }
        Roll(now);
        _count += count;
    }

    public double PerSecond(DateTimeOffset now)
    {
        if (_first is not { } first) return 0;
        Roll(now);
        var total = _count + _slots.Sum(slot => slot.Count);
        if (total == 0) return 0;
        var from = now - Window > first ? now - Window : first;
        // Below a second the first record alone would look like an enormous speed.
        return total / Math.Max(1, (now - from).TotalSeconds);
    }

    private void Roll(DateTimeOffset now)
    {
        if (now - _open >= Slot)
        {
            if (_count > 0) _slots.Enqueue((_open, _count));
            _open = now;
            _count = 0;
        }
        while (_slots.TryPeek(out var oldest) && now - oldest.Start > Window) _slots.Dequeue();
    }
}
