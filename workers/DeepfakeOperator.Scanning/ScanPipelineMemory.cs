using DeepfakeOperator.Api.Records;

namespace DeepfakeOperator.Scanning;

/// <summary>
/// What became of media, by its sha256, so that the same bytes are scanned once: later items with them get the outcome, and items that arrive meanwhile wait
/// for it. Bounded; the oldest are forgotten first.
/// </summary>
internal sealed class ScanPipelineMemory(int capacity = ScanPipelineMemory.DefaultCapacity)
{
    /// <summary>A verdict over 32 frames takes about 5 KiB.</summary>
    private const int DefaultCapacity = 4096;

    /// <summary>Items that wait for one scan; those beyond are scanned too, so that backpressure is felt.</summary>
    private const int MostWaiting = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ItemOutcome> _known = [];
    private readonly Queue<string> _oldest = new();
    private readonly Dictionary<string, (ScanPipelineItem Leader, List<ScanPipelineItem> Waiting)> _running = [];

    /// <summary>True where the item has to be scanned; else it has its outcome, or gets it with <see cref="Complete"/>.</summary>
    internal bool IsNew(ScanPipelineItem item)
    {
        var sha256 = item.Media!.Sha256;
        ItemOutcome? known;
        lock (_lock)
        {
            if (!_known.TryGetValue(sha256, out known))
            {
                if (!_running.TryGetValue(sha256, out var running))
                {
                    _running[sha256] = (item, []);
                    return true;
                }
                if (running.Waiting.Count == MostWaiting) return true;
                running.Waiting.Add(item);
            }
        }
        item.Rest();
        if (known is not null) item.Repeat(known);
        return false;
    }

    /// <summary>An item that was scanned has its outcome; those that waited for it get the same.</summary>
    internal void Complete(ScanPipelineItem item, ItemOutcome outcome)
    {
        if (item.Sha256 is not { } sha256) return;
        List<ScanPipelineItem> waiting;
        lock (_lock)
        {
            if (!_running.TryGetValue(sha256, out var running) || running.Leader != item) return;
            _running.Remove(sha256);
            waiting = running.Waiting;
            if (IsOfTheBytes(outcome))
            {
                if (_oldest.Count == capacity) _known.Remove(_oldest.Dequeue());
                _oldest.Enqueue(sha256);
                _known[sha256] = outcome;
            }
        }
        foreach (var other in waiting) other.Repeat(outcome);
    }

    /// <summary>A clock that ran out or a model that failed may do better next time.</summary>
    private static bool IsOfTheBytes(ItemOutcome outcome) =>
        outcome.Failure is null || outcome.Failure.Class is ErrorClass.UnsupportedMedia or ErrorClass.CorruptMedia or ErrorClass.MediaTooLarge;
}
