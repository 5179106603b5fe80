using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>A stream, second by second: workers read the source partitions themselves, as a consumer group.</summary>
internal sealed class StreamWorld
{
    /// <summary>Seconds over which arrivals are measured: long enough that chance is not load.</summary>
    private const int LongWindow = 300;

    /// <summary>Used instead when arrivals have fallen to less than half, so that an end is not seen five minutes late.</summary>
    private const int ShortWindow = 60;

    private const int Never = 400_000;

    private readonly Trace _trace;
    private readonly IScaler _scaler;
    private readonly Fleet _fleet;
    private readonly Assignment _group;
    private readonly Lane[] _lanes;
    private double _busyItems;
    private double _busySeconds;

    private StreamWorld(Trace trace, IScaler scaler)
    {
        (_trace, _scaler) = (trace, scaler);
        _fleet = new Fleet(trace);
        _group = new Assignment(trace.Arrivals.Length);
        _lanes = [.. trace.Arrivals.Select(arrivals => new Lane(arrivals))];
    }

    public static Outcome Run(Trace trace, IScaler scaler) => new StreamWorld(trace, scaler).Run();

    private Outcome Run()
    {
        var oldest = 0d;
        for (var now = 0; now < _trace.Length || _lanes.Any(lane => lane.Lag > 0) || !_fleet.IsEmpty; now++)
        {
            if (now > Never) throw new InvalidOperationException($"{_trace.Name} never ends");
            foreach (var lane in _lanes) lane.Arrive(now);
            var away = _trace.BrokerAway(now);
            if (now % _scaler.Interval == 0) _fleet.Want(_scaler.Decide(Look(now, away)), now);
            _fleet.Tick(now, pod => Enumerable.Range(0, _lanes.Length).All(lane => _lanes[lane].Lag < 1 || _group.OwnerOf(lane, double.MaxValue) != pod));
            _group.Update(_fleet.Ready(now), now);
            if (!away) Work(now);
            oldest = Math.Max(oldest, _lanes.Max(lane => lane.AgeAt(now)));
        }
        return new Outcome
        {
            GpuSeconds = _fleet.GpuSeconds,
            Finish = oldest,
            Processed = (long)Math.Round(_lanes.Sum(lane => lane.Done)),
            Started = _fleet.Started,
            Peak = _fleet.Peak,
            Oscillations = Outcome.OscillationsOf(_fleet.Changes, _trace.Policy.ScaleDownDelay.TotalSeconds),
        };
    }

    /// <summary>Each worker takes from its partitions alike; what one cannot use goes to the others.</summary>
    private void Work(int now)
    {
        var owned = Enumerable.Range(0, _lanes.Length).Where(lane => _lanes[lane].Lag > 0).ToLookup(lane => _group.OwnerOf(lane, now));
        foreach (var group in owned)
        {
            if (group.Key is not { } pod) continue;
            var budget = pod.Speed / _trace.ItemWork;
            var lanes = group.Select(lane => _lanes[lane]).OrderBy(lane => lane.Lag).ToList();
            for (var place = 0; place < lanes.Count; place++) budget -= lanes[place].Take(budget / (lanes.Count - place));
            if (budget > 1e-9) continue;
            _busyItems += pod.Speed / _trace.ItemWork;
            _busySeconds++;
        }
    }

    private View Look(int now, bool away)
    {
        var starting = _fleet.Starting(now);
        var fell = _lanes.Sum(lane => lane.RateAt(now, ShortWindow)) < _lanes.Sum(lane => lane.RateAt(now, LongWindow)) / 2;
        return new View
        {
            Now = now,
            OffsetsKnown = !away,
            Lag = _lanes.Sum(lane => (long)lane.Lag),
            ProcessedByBusy = (long)_busyItems,
            BusySeconds = _busySeconds,
            Partitions = [.. _lanes.Select(lane => new PartitionDemand((long)lane.Lag, lane.RateAt(now, fell ? ShortWindow : LongWindow)))],
            Ready = _fleet.Ready(now).Count,
            Pending = starting.Pending,
            PendingFor = starting.For,
            StartUp = starting.StartUp,
        };
    }

    /// <summary>A source partition.</summary>
    private sealed class Lane(float[] arrivals)
    {
        private readonly double[] _until = new double[arrivals.Length + 1];
        private double _arrived;
        private int _oldest;

        public double Done { get; private set; }

        public double Lag => Math.Max(0, _arrived - Done);

        public void Arrive(int now)
        {
            if (now >= arrivals.Length) return;
            _arrived += arrivals[now];
            _until[now + 1] = _arrived;
        }

        public double Take(double most)
        {
            var taken = Math.Min(most, Lag);
            Done = taken >= Lag ? _arrived : Done + taken;
            return taken;
        }

        /// <summary>Seconds that the first of those that wait has waited.</summary>
        public double AgeAt(int now)
        {
            var last = Math.Min(now, arrivals.Length - 1);
            while (_oldest <= last && _until[_oldest + 1] <= Done + 1e-6) _oldest++;
            return _oldest > last ? 0 : now - _oldest;
        }

        public double RateAt(int now, int window)
        {
            var (from, to) = (Math.Clamp(now + 1 - window, 0, arrivals.Length), Math.Clamp(now + 1, 0, arrivals.Length));
            return (_until[to] - _until[from]) / Math.Min(window, now + 1);
        }
    }
}
