using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.ScanJobs;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Simulator;

/// <summary>A batch, second by second: the operator's planner, dealer and progress fold around simulated workers.</summary>
internal sealed class BatchWorld
{
    private const int Never = 400_000;

    private readonly Trace _trace;
    private readonly IScaler _scaler;
    private readonly Fleet _fleet;
    private readonly ScanPlan _plan;
    private readonly FakeTimeProvider _clock = new();
    private readonly ProgressFold _fold;
    private readonly Assignment _group;
    private readonly Lane[] _lanes;
    private int _dealt;
    private double _busySeconds;

    private BatchWorld(Trace trace, IScaler scaler, int partitions)
    {
        (_trace, _scaler) = (trace, scaler);
        _fleet = new Fleet(trace);
        _plan = ScanPlanner.Plan([.. trace.Items.Select((items, partition) => new PlannedRange("media", partition, 0, items.Length))], trace.ShardItems);
        _fold = new ProgressFold(_plan, partitions, _clock);
        _group = new Assignment(partitions);
        _lanes = [.. Enumerable.Range(0, partitions).Select(partition => new Lane(trace, _fold, partition))];
    }

    public static Outcome Run(Trace trace, IScaler scaler) => new BatchWorld(trace, scaler, trace.Policy.Max).Run();

    private Outcome Run()
    {
        var (work, capacity, ideal, finish) = (_trace.Work, 0d, double.NaN, double.NaN);
        var progress = _fold.Snapshot();
        for (var now = 0; double.IsNaN(finish) || !_fleet.IsEmpty; now++)
        {
            if (now > Never) throw new InvalidOperationException($"{_trace.Name} never ends");
            var away = _trace.BrokerAway(now);
            if (!progress.AllDone && !away) Deal(progress);
            if (progress.AllDone && _scaler.KnowsTheEnd) _fleet.Want(0, now);
            else if (now % _scaler.Interval == 0) _fleet.Want(_scaler.Decide(Look(progress, now, away)), now);

            _fleet.Tick(now, pod => !_lanes.Any(lane => lane.HasWork && _group.OwnerOf(lane.Partition, double.MaxValue) == pod));
            var ready = _fleet.Ready(now);
            _group.Update(ready, now);
            _clock.Advance(TimeSpan.FromSeconds(1));
            if (!away)
            {
                foreach (var lanes in _lanes.Where(lane => lane.HasWork).ToLookup(lane => _group.OwnerOf(lane.Partition, now)))
                {
                    if (lanes.Key is { } pod) Share([.. lanes], pod);
                }
                capacity += ready.Sum(pod => pod.Speed);
                _busySeconds += Math.Min(ready.Count, progress.Shards.Pending + progress.Shards.Running);
            }
            if (double.IsNaN(ideal) && capacity >= work) ideal = now + 1;
            progress = _fold.Snapshot();
            if (double.IsNaN(finish) && progress.AllDone) finish = now + 1;
        }
        return new Outcome
        {
            GpuSeconds = _fleet.GpuSeconds,
            Finish = finish,
            Processed = progress.Items.Processed,
            Started = _fleet.Started,
            Peak = _fleet.Peak,
            Oscillations = Outcome.OscillationsOf(_fleet.Changes, _trace.Policy.ScaleDownDelay.TotalSeconds),
            Ideal = ideal,
        };
    }

    private void Deal(Progress progress)
    {
        foreach (var deal in ShardDealer.Deal(_plan, _dealt, progress.Loads))
        {
            _fold.Deal(deal);
            _lanes[deal.Partition].Enqueue(_plan[deal.Index]);
            _dealt++;
        }
    }

    private View Look(Progress progress, int now, bool away)
    {
        var starting = _fleet.Starting(now);
        return new View
        {
            Now = now,
            OffsetsKnown = !away,
            Lag = progress.Lag,
            ProcessedByBusy = progress.Items.Processed,
            BusySeconds = _busySeconds,
            Shards = progress.Shards.Pending + progress.Shards.Running,
            Rates = _fleet.Ready(now).Where(pod => pod.Rate is not null).ToDictionary(pod => pod.Number, pod => pod.Rate!.Value),
            Ready = _fleet.Ready(now).Count,
            Pending = starting.Pending,
            PendingFor = starting.For,
            StartUp = starting.StartUp,
        };
    }

    /// <summary>A worker's second is shared evenly between its partitions; what one cannot use goes to the others.</summary>
    private static void Share(List<Lane> lanes, Pod pod)
    {
        var budget = pod.Speed;
        var before = lanes.ToList();
        var done = before.Sum(lane => lane.Done);
        while (lanes.Count > 0)
        {
            var share = budget / lanes.Count;
            budget = lanes.Sum(lane => lane.Work(share));
            lanes.RemoveAll(lane => !lane.HasWork);
            if (budget <= 1e-9) break;
        }
        pod.Done = (pod.Done.Items + before.Sum(lane => lane.Done) - done, pod.Done.Seconds + 1);
    }

    /// <summary>A partition of the shards topic.</summary>
    private sealed class Lane(Trace trace, ProgressFold fold, int partition)
    {
        private readonly Queue<ShardRecord> _shards = new();
        private long _next = -1;
        private double _spent;

        public int Partition => partition;

        public bool HasWork => _shards.Count > 0;

        /// <summary>Items done.</summary>
        public long Done { get; private set; }

        public void Enqueue(ShardRecord shard) => _shards.Enqueue(shard);

        /// <summary>Works for so many seconds at speed 1; gives those that were left.</summary>
        public double Work(double budget)
        {
            while (budget > 1e-9 && _shards.TryPeek(out var shard))
            {
                if (_next < 0) _next = shard.From;
                var items = trace.Items[shard.Partition];
                while (_next < shard.To && budget > 1e-9)
                {
                    var used = Math.Min(budget, items[_next] - _spent);
                    (_spent, budget) = (_spent + used, budget - used);
                    if (_spent < items[_next] - 1e-9) break;
                    (_next, _spent, Done) = (_next + 1, 0, Done + 1);
                }
                var done = _next >= shard.To;
                var count = new ItemCounts { Processed = _next - shard.From, Real = _next - shard.From };
                fold.Take(new ProgressRecord { Index = shard.Index, NextOffset = _next, Items = count, Done = done }, partition, live: true);
                if (!done) break;
                _shards.Dequeue();
                _next = -1;
            }
            return budget;
        }
    }
}
