using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>The operator's own <see cref="Autoscaler"/>, given what the reconciler would give it.</summary>
internal sealed class OurScaler(Trace trace) : IScaler
{
    private WorkerRate _rate = WorkerRate.Unknown;
    private ScalingDecision? _last;
    private readonly Dictionary<int, double> _rates = [];
    private double _busySeconds;

    public int Interval => 5;

    public bool KnowsTheEnd => true;

    public int Decide(View view)
    {
        var now = DateTimeOffset.UnixEpoch.AddSeconds(view.Now);
        _rate = view.OffsetsKnown ? _rate.Observe(now, view.ProcessedByBusy, (view.BusySeconds - _busySeconds) / Interval) : _rate.Pause();
        _busySeconds = view.BusySeconds;
        foreach (var (pod, rate) in view.Rates) _rates[pod] = rate;
        double[] known = trace.Expected is { } expected ? [.. _rates.Values, expected] : [.. _rates.Values];
        double? typical = known.Length > 0 ? known.Average() : null;
        _last = Autoscaler.Decide(trace.Policy, new ScalingInput
        {
            Now = now,
            Elapsed = TimeSpan.FromSeconds(view.Now),
            OffsetsKnown = view.OffsetsKnown,
            Left = view.Lag,
            Shards = view.Shards,
            Partitions = view.Partitions,
            RatePerWorker = _rate.PerSecond(trace.Expected),
            Rates = [.. view.Rates.Values],
            TypicalRate = typical,
            Ready = view.Ready,
            Pending = view.Pending,
            PendingFor = TimeSpan.FromSeconds(view.PendingFor),
            StartUp = view.StartUp is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Last = _last,
        });
        return _last.Desired;
    }
}
