using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>The operator's own <see cref="Autoscaler"/>, given what the reconciler would give it.</summary>
internal sealed class OurScaler(Trace trace) : IScaler
{
    /// <summary>Seconds of work that must wait for each worker before a stream's workers count as busy.</summary>
    private const double Busy = 5;

    private WorkerRate _rate = WorkerRate.Unknown;
    private ScalingDecision? _last;

    public int Interval => 5;

    public bool KnowsTheEnd => true;

    public int Decide(View view)
    {
        var now = DateTimeOffset.UnixEpoch.AddSeconds(view.Now);
        _rate = view.OffsetsKnown ? _rate.Observe(now, view.Processed, BusyOf(view)) : _rate.Pause();
        _last = Autoscaler.Decide(trace.Policy, new ScalingInput
        {
            Now = now,
            Elapsed = TimeSpan.FromSeconds(view.Now),
            OffsetsKnown = view.OffsetsKnown,
            Left = view.Lag,
            Shards = view.Shards,
            Partitions = view.Partitions,
            RatePerWorker = _rate.PerSecond(trace.Expected),
            Ready = view.Ready,
            Pending = view.Pending,
            PendingFor = TimeSpan.FromSeconds(view.PendingFor),
            StartUp = view.StartUp is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Last = _last,
        });
        return _last.Desired;
    }

    private int BusyOf(View view)
    {
        if (!trace.IsStream) return Math.Min(view.Ready, view.Shards);
        var known = _rate.PerSecond(trace.Expected) ?? 0;
        return view.Lag > Busy * known * view.Ready ? Math.Min(view.Ready, view.Partitions.Count(partition => partition.Lag > 0)) : 0;
    }
}
