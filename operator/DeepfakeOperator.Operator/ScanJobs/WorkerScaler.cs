using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// What the <see cref="Autoscaler"/> is told of one job, and what it must remember between two looks. A new one begins with the workers that are
/// there, so that after a restart none is started and none is sent away before more is known.
/// </summary>
internal sealed class WorkerScaler
{
    private readonly SlotRates _slots = new();
    private WorkerRate _rate = WorkerRate.Unknown;
    private ScalingDecision? _last;
    private TimeSpan? _startUp;
    private int _ready;

    /// <summary>What the slots do in a second that are much slower than the others, as of the last decision.</summary>
    public IReadOnlyDictionary<int, double> Slow { get; private set; } = new Dictionary<int, double>();

    /// <param name="spec">What was asked for.</param>
    /// <param name="plan">All shards.</param>
    /// <param name="progress">How far they are; null: not known yet.</param>
    /// <param name="workers">Those that are there.</param>
    /// <param name="started">When the job was accepted, or last resumed.</param>
    /// <param name="now">The time.</param>
    public ScalingDecision Decide(ScanJobSpec spec, ScanPlan plan, Progress? progress, SlotCounts workers, DateTimeOffset started, DateTimeOffset now)
    {
        _startUp = workers.StartUp ?? _startUp;
        var shards = progress is null ? 0 : progress.Shards.Pending + progress.Shards.Running;
        // Offsets, as what is left is counted in them too; and who came or went since the last look did not work all the while.
        var busy = Math.Min(Math.Min(_ready, workers.Ready), shards);
        _rate = progress is null ? _rate.Pause() : _rate.Observe(now, plan.Items - progress.Lag, busy);
        _ready = workers.Ready;
        _slots.Observe(now, progress, workers.ReadySlots);
        var rates = _slots.Known(workers.ReadySlots);
        Slow = BatchFleet.SlowOf(rates);
        if (spec.Workers.Replicas is { } replicas)
        {
            _last = null;
            return new ScalingDecision(replicas, Reasons.SetByHand, "spec.workers.replicas is set");
        }
        return _last = Autoscaler.Decide(ScalingPolicy.Of(spec), new ScalingInput
        {
            Now = now,
            Elapsed = now - started,
            OffsetsKnown = progress is not null,
            Left = progress?.Lag ?? 0,
            Shards = shards,
            RatePerWorker = _rate.PerSecond(spec.Autoscaling.ItemsPerWorkerPerSecond),
            Rates = [.. rates.Values],
            TypicalRate = _slots.Typical(spec.Autoscaling.ItemsPerWorkerPerSecond),
            Ready = workers.Ready,
            Pending = workers.Pending,
            PendingFor = workers.PendingFor,
            StartUp = _startUp,
            Last = _last,
        });
    }

    /// <summary>The job stood still: that says nothing of speed, and the next decision begins with the number that is found then.</summary>
    public void Interrupt()
    {
        _rate = _rate.Pause();
        _slots.Pause();
        _last = null;
    }
}
