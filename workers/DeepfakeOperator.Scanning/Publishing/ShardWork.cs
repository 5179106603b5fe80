using System.Globalization;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Scanning.Publishing;

/// <summary>
/// A shard under way. Items complete in any order; only the contiguous run at the front may be published, so that the next offset says all. Fed by one
/// thread, checkpointed by another.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="recordOffset">Offset of its record in the shards topic.</param>
/// <param name="slot">The worker's slot.</param>
internal sealed class ShardWork(ShardRecord shard, long recordOffset, int slot)
{
    /// <summary>Starts that ended without the checkpoint moving before the items are run one by one.</summary>
    internal const int MaxAttempts = 2;

    private const int MostFindings = 10;

    private readonly Lock _lock = new();
    private readonly Queue<FedItem> _fed = new();
    private ProgressRecord _published = Fresh(shard, slot);
    private int _attempts;
    private bool _isolated;
    private bool _ended;
    private bool _stale;
    private bool _abandoned;

    internal ShardRecord Shard { get; } = shard;

    /// <summary>Offset of its record in the shards topic.</summary>
    internal long RecordOffset { get; } = recordOffset;

    /// <summary>True once the feeder has taken it up.</summary>
    internal bool Begun { get; private set; }

    /// <summary>True when its last checkpoint is published, by this worker or an earlier one.</summary>
    internal bool Done
    {
        get
        {
            lock (_lock) return _published.Done;
        }
    }

    /// <summary>True: one item at a time.</summary>
    internal bool Isolated => _isolated;

    /// <summary>The first offset that is not published.</summary>
    internal long NextOffset
    {
        get
        {
            lock (_lock) return _published.NextOffset;
        }
    }

    /// <summary>Goes on where the latest checkpoint says. True: the item at <see cref="NextOffset"/> killed the worker that ran it alone.</summary>
    internal bool Begin(ProgressRecord? restored)
    {
        lock (_lock)
        {
            Begun = true;
            if (restored is not null) _published = restored;
            if (_published.Done) return false;
            _isolated = _published.Isolated || _published.Attempts >= MaxAttempts;
            var killed = _published.Isolated && _published.Attempts > 0;
            _attempts = _isolated ? 0 : _published.Attempts + 1;
            _stale = true;
            return killed;
        }
    }

    /// <summary>The next record, in order. False: the shard belongs to another worker now.</summary>
    internal bool Feed(FedItem item)
    {
        lock (_lock)
        {
            if (!_abandoned) _fed.Enqueue(item);
            return !_abandoned;
        }
    }

    /// <summary>The item about to be run alone is the one at fault if this process dies; the next checkpoint says so.</summary>
    internal void Suspect()
    {
        lock (_lock) (_attempts, _stale) = (1, true);
    }

    /// <summary>There is nothing more to feed.</summary>
    internal void ReachedEnd()
    {
        lock (_lock) _ended = true;
    }

    /// <summary>What can be published now; null: nothing.</summary>
    /// <param name="handOver">True: somebody else, or nobody, goes on; that is no failed attempt.</param>
    internal ShardCheckpoint? Prepare(bool handOver)
    {
        lock (_lock)
        {
            if (!Begun || _published.Done) return null;
            var ready = _fed.TakeWhile(item => item.Outcome is not null).ToList();
            var done = _ended && ready.Count == _fed.Count;
            if (ready.Count == 0 && !done && !_stale && !handOver) return null;
            var attempts = _isolated ? _attempts : ready.Count > 0 ? 1 : _attempts;
            return new ShardCheckpoint(this, ready, _published with
            {
                NextOffset = done ? Shard.To : ready.Count > 0 ? ready[^1].Next : _published.NextOffset,
                Items = _published.Items + Count(ready),
                Top = Best(_published.Top, ready),
                Done = done,
                Attempts = done || handOver ? 0 : attempts,
                Isolated = _isolated && !done,
                Slot = slot,
            });
        }
    }

    /// <summary>The transaction is committed; gives back what its items held.</summary>
    internal void Published(ShardCheckpoint checkpoint)
    {
        lock (_lock)
        {
            for (var i = 0; i < checkpoint.Items.Count; i++) _fed.Dequeue();
            _published = checkpoint.Progress;
            _attempts = checkpoint.Progress.Attempts;
            _stale = false;
        }
    }

    /// <summary>The shard belongs to another worker now; gives what was fed and never will be published here.</summary>
    internal IReadOnlyList<FedItem> Abandon()
    {
        lock (_lock)
        {
            _abandoned = true;
            FedItem[] left = [.. _fed];
            _fed.Clear();
            return left;
        }
    }

    private static ProgressRecord Fresh(ShardRecord shard, int slot) =>
        new() { Index = shard.Index, NextOffset = shard.From, Items = new ItemCounts(), Slot = slot };

    private static ItemCounts Count(List<FedItem> items)
    {
        long Of(Verdict verdict) => items.Count(item => item.Outcome!.Verdict?.Verdict == verdict);
        return new ItemCounts
        {
            Processed = items.Count,
            Fake = Of(Verdict.Fake),
            Real = Of(Verdict.Real),
            Inconclusive = Of(Verdict.Inconclusive),
            NotApplicable = Of(Verdict.NotApplicable),
            Failed = items.Count(item => item.Outcome!.Failure is not null),
        };
    }

    private static IReadOnlyList<Finding> Best(IReadOnlyList<Finding> before, List<FedItem> items)
    {
        var scored = items.Select(item => item.Outcome!.Verdict).OfType<VerdictRecord>().Where(verdict => verdict.Score is not null).ToList();
        if (scored.Count == 0) return before;
        return
        [
            .. before.Concat(scored.OrderByDescending(verdict => verdict.Score).Take(MostFindings).Select(Finding))
                .OrderByDescending(finding => double.Parse(finding.Score, CultureInfo.InvariantCulture))
                .Take(MostFindings),
        ];
    }

    private static Finding Finding(VerdictRecord verdict) => new()
    {
        Id = verdict.Id,
        Score = verdict.Score!.Value.ToString("0.000", CultureInfo.InvariantCulture),
        Verdict = verdict.Verdict,
        Uri = verdict.Uri?.Split('?', 2)[0],
    };
}
