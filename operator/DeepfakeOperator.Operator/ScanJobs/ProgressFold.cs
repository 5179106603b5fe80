using System.Collections;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Folds progress records into how far a batch is. Records are cumulative for their shard, so folding one twice, or only the latest, gives the same. Memory grows
/// with the shards under way and by two bits for each shard of the plan. Written by the progress reader, read by the reconciler.
/// </summary>
internal sealed class ProgressFold
{
    private const int MostFindings = 10;

    private readonly Lock _gate = new();
    private readonly ScanPlan _plan;
    private readonly TimeProvider _clock;
    private readonly BitArray _done;
    private readonly Dictionary<int, ProgressRecord> _running = [];
    private readonly Dictionary<int, int> _unfinished = [];
    private readonly RateWindow _items;
    private readonly List<RateWindow> _offsets = [];
    private readonly Dictionary<int, int> _writers = [];
    private ItemCounts _finished = new();
    private ItemCounts _under = new();
    private long _processedOffsets;
    private int _dealt;
    private int _doneCount;
    private List<Finding> _top = [];

    /// <param name="plan">The frozen plan.</param>
    /// <param name="partitions">Partitions of the shards topic.</param>
    /// <param name="clock">For rates.</param>
    public ProgressFold(ScanPlan plan, int partitions, TimeProvider clock)
    {
        _plan = plan;
        _clock = clock;
        _done = new BitArray(plan.Shards);
        _items = new RateWindow();
        Grow(partitions);
    }

    /// <summary>The shards topic has more partitions now.</summary>
    public void Grow(int partitions)
    {
        lock (_gate)
        {
            while (_offsets.Count < partitions) _offsets.Add(new RateWindow());
        }
    }

    /// <summary>A shard stands in the shards topic. Shards are dealt in order, so the count alone says which.</summary>
    public void Deal(DealtShard shard)
    {
        lock (_gate)
        {
            _dealt = Math.Max(_dealt, shard.Index + 1);
            if (!_done[shard.Index]) _unfinished[shard.Index] = shard.Partition;
        }
    }

    /// <summary>Takes a record of the progress topic; false where it belongs to no shard of the plan.</summary>
    /// <param name="record">The record.</param>
    /// <param name="partition">Where it was.</param>
    /// <param name="live">False for what was written before this operator looked: old news says nothing of today's rate.</param>
    public bool Take(ProgressRecord record, int partition, bool live)
    {
        if (record.Index < 0 || record.Index >= _plan.Shards) return false;
        lock (_gate)
        {
            if (partition >= _offsets.Count) return false;
            _writers[partition] = record.Slot;
            if (_done[record.Index]) return true;
            var shard = _plan[record.Index];
            var before = _running.GetValueOrDefault(record.Index);
            // A reader that starts again sees a shard's past before its present.
            if (before is not null && !record.Done && record.NextOffset < before.NextOffset) return true;
            var position = record.Done ? shard.To : Math.Clamp(record.NextOffset, shard.From, shard.To);
            var offsets = position - (before is null ? shard.From : Math.Clamp(before.NextOffset, shard.From, shard.To));
            _processedOffsets += offsets;
            if (live)
            {
                var now = _clock.GetUtcNow();
                _items.Add(now, record.Items.Processed - (before?.Items.Processed ?? 0));
                _offsets[partition].Add(now, offsets);
            }
            if (before is not null) _under = Minus(_under, before.Items);
            if (record.Done)
            {
                _running.Remove(record.Index);
                _unfinished.Remove(record.Index);
                _done[record.Index] = true;
                _doneCount++;
                _finished += record.Items;
            }
            else
            {
                // The findings are kept once, in the job's own ten.
                _running[record.Index] = record with { Top = [] };
                _unfinished[record.Index] = partition;
                _under += record.Items;
            }
            Merge(record.Top);
            return true;
        }
    }

    public Progress Snapshot()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var loads = new (int Shards, long Items)[_offsets.Count];
            foreach (var (index, partition) in _unfinished)
            {
                var shard = _plan[index];
                var from = _running.TryGetValue(index, out var record) ? Math.Clamp(record.NextOffset, shard.From, shard.To) : shard.From;
                loads[partition] = (loads[partition].Shards + 1, loads[partition].Items + shard.To - from);
            }
            var lag = _plan.Items - _processedOffsets;
            var speed = _offsets.Sum(window => window.PerSecond(now));
            return new Progress
            {
                Items = _finished + _under,
                Shards = new ShardCounts
                {
                    Pending = _plan.Shards - _doneCount - _running.Count,
                    Running = _running.Count,
                    Succeeded = _doneCount,
                },
                Top = _top,
                Lag = lag,
                Rate = _items.PerSecond(now),
                EstimatedCompletion = speed > 0 && lag > 0 && lag / speed < TimeSpan.FromDays(3650).TotalSeconds ? now.AddSeconds(lag / speed) : null,
                Dealt = _dealt,
                Loads = [.. loads.Select((load, partition) => new PartitionLoad(load.Shards, load.Items, _offsets[partition].PerSecond(now)))],
                BusySlots = _unfinished.Values.Distinct().Where(_writers.ContainsKey).Select(partition => _writers[partition]).ToHashSet(),
                AllDone = _doneCount == _plan.Shards,
            };
        }
    }

    private void Merge(IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0) return;
        _top =
        [
            .. _top.Concat(findings)
                .GroupBy(finding => finding.Id)
                .Select(same => same.MaxBy(ScoreOf)!)
                .OrderByDescending(ScoreOf)
                .ThenBy(finding => finding.Id, StringComparer.Ordinal)
                .Take(MostFindings),
        ];
    }

    private static double ScoreOf(Finding finding) =>
        double.TryParse(finding.Score, System.Globalization.CultureInfo.InvariantCulture, out var score) ? score : 0;

    private static ItemCounts Minus(ItemCounts left, ItemCounts right) => new()
    {
        Processed = left.Processed - right.Processed,
        Fake = left.Fake - right.Fake,
        Real = left.Real - right.Real,
        Inconclusive = left.Inconclusive - right.Inconclusive,
        NotApplicable = left.NotApplicable - right.NotApplicable,
        Failed = left.Failed - right.Failed,
    };
}
