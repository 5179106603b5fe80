using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Simulator;

/// <summary>The worker slots and their bill.</summary>
internal sealed class Fleet(Trace trace)
{
    /// <summary>From SIGTERM to exit of a worker that finishes what is in flight.</summary>
    private const double DrainTime = 5;

    private readonly List<Pod> _pods = [];
    private readonly List<(double At, int Desired)> _changes = [];
    private int _losses;

    public int Started { get; private set; }

    public double GpuSeconds { get; private set; }

    public int Peak { get; private set; }

    public int Desired { get; private set; }

    public bool IsEmpty => _pods.Count == 0;

    /// <summary>Each change of the wanted number.</summary>
    public IReadOnlyList<(double At, int Desired)> Changes => _changes;

    public IReadOnlyList<Pod> Ready(double now) => [.. _pods.Where(pod => pod.IsReady(now))];

    public (int Pending, double For, double? StartUp) Starting(double now)
    {
        var pending = _pods.Where(pod => pod.IsPending(now)).ToList();
        return (pending.Count, pending.Count == 0 ? 0 : pending.Average(pod => now - pod.Created), _startUps.Count == 0 ? null : _startUps.Average());
    }

    private readonly List<double> _startUps = [];

    public void Want(int desired, double now)
    {
        if (desired != Desired) _changes.Add((now, desired));
        Desired = desired;
    }

    /// <summary>A second passes: pods are lost, made, told to go, gone, and paid for.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isIdle">Whether a ready pod has nothing to do; those go first.</param>
    public void Tick(double now, Func<Pod, bool> isIdle)
    {
        for (; _losses < trace.Losses.Length && trace.Losses[_losses] <= now; _losses++)
        {
            // The one that has run longest: a spot market takes what it has had longest.
            if (_pods.Where(pod => pod.IsReady(now)).MinBy(pod => pod.Number) is { } lost) lost.Ends = now;
        }
        _pods.RemoveAll(pod => pod.Ends <= now);
        var living = _pods.Where(pod => pod.Ends is null).ToList();
        for (var count = living.Count; count < Desired; count++)
        {
            _pods.Add(new Pod(Started, now, trace.StartUpOf(Started), trace.SpeedOf(Started)));
            Started++;
        }
        var slow = BatchFleet.SlowOf(living.Where(pod => pod.Rate is not null).ToDictionary(pod => pod.Number, pod => pod.Rate!.Value));
        var victims = living
            .OrderBy(pod => pod.IsPending(now) ? 0 : isIdle(pod) ? 1 : 2)
            .ThenBy(pod => slow.GetValueOrDefault(pod.Number, double.PositiveInfinity))
            .ThenByDescending(pod => pod.Number)
            .Take(Math.Max(0, living.Count - Desired));
        foreach (var pod in victims) pod.Ends = now + (pod.IsPending(now) ? 1 : DrainTime);
        foreach (var pod in _pods.Where(pod => pod.IsReady(now) && now - 1 < pod.Created + pod.StartUp)) _startUps.Add(pod.StartUp);
        GpuSeconds += _pods.Count;
        Peak = Math.Max(Peak, _pods.Count);
    }
}
