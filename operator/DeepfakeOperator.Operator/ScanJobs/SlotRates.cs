namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// What each worker of a job does in a second while it has work, over all its life: uneven items even out only slowly, and a worker's GPU
/// does not change.
/// </summary>
internal sealed class SlotRates
{
    /// <summary>Fewer seconds at work than this do not tell a slow worker from one with long items.</summary>
    private const double Least = 300;

    private readonly Dictionary<string, (long Items, double Seconds)> _workers = [];
    private readonly Dictionary<int, long> _seen = [];
    private (int Count, double Sum) _gone;
    private DateTimeOffset? _at;

    /// <param name="now">The time.</param>
    /// <param name="progress">How far the job is; null: not known, and the time until it is counts for nobody.</param>
    /// <param name="ready">Uid of the ready worker of each slot.</param>
    public void Observe(DateTimeOffset now, Progress? progress, IReadOnlyDictionary<int, string> ready)
    {
        foreach (var (uid, done) in _workers.Where(worker => !ready.Values.Contains(worker.Key)).ToList())
        {
            _workers.Remove(uid);
            if (done.Seconds >= Least) _gone = (_gone.Count + 1, _gone.Sum + done.Items / done.Seconds);
        }
        if (progress is null)
        {
            Pause();
            return;
        }
        foreach (var (slot, uid) in ready)
        {
            var items = progress.SlotItems.GetValueOrDefault(slot);
            if (!_workers.TryGetValue(uid, out var done)) _workers[uid] = (0, 0);
            else if (_at is { } last && progress.BusySlots.Contains(slot))
            {
                _workers[uid] = (done.Items + items - _seen.GetValueOrDefault(slot), done.Seconds + (now - last).TotalSeconds);
            }
            _seen[slot] = items;
        }
        _at = now;
    }

    /// <summary>The time until the next look counts for nobody.</summary>
    public void Pause() => _at = null;

    /// <summary>Items per second of each slot that is known.</summary>
    public IReadOnlyDictionary<int, double> Known(IReadOnlyDictionary<int, string> ready) => ready
        .Where(slot => _workers.GetValueOrDefault(slot.Value).Seconds >= Least)
        .ToDictionary(slot => slot.Key, slot => _workers[slot.Value].Items / _workers[slot.Value].Seconds);

    /// <summary>Of the average worker that the job ever had, the expected one among them; null: none is known.</summary>
    public double? Typical(double? expected)
    {
        var known = _workers.Values.Where(done => done.Seconds >= Least).Select(done => done.Items / done.Seconds).ToList();
        var (count, sum) = (known.Count + _gone.Count, known.Sum() + _gone.Sum);
        if (expected is { } rate) (count, sum) = (count + 1, sum + rate);
        return count == 0 ? null : sum / count;
    }
}
