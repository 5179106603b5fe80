namespace DeepfakeOperator.Simulator;

/// <summary>
/// The least GPU-seconds that anybody could need who knows the trace: work that divides without a rest, no item waited for, no drain, no pod lost,
/// and each pod told
/// beforehand when to start. A bound, not a policy: what any scaler pays is at least this.
/// </summary>
internal static class Oracle
{
    private const int MostPods = 256;
    private const int Step = 60;

    public static double GpuSeconds(Trace trace) => trace.IsStream ? Stream(trace) : Batch(trace);

    /// <summary>The first n pods, for each n; the fastest of them work as long as the deadline lets them.</summary>
    private static double Batch(Trace trace)
    {
        var (least, startUps) = (double.PositiveInfinity, 0d);
        var pods = new List<(double Speed, double Most)>();
        for (var pod = 0; pod < MostPods && startUps < least; pod++)
        {
            var startUp = trace.StartUpOf(pod);
            startUps += startUp;
            var away = Math.Max(0, Math.Min(trace.Outage.To, trace.Deadline) - Math.Max(trace.Outage.From, startUp));
            pods.Add((trace.SpeedOf(pod), Math.Max(0, trace.Deadline - startUp - away)));
            var (left, cost) = (trace.Work, startUps);
            foreach (var (speed, most) in pods.OrderByDescending(one => one.Speed))
            {
                var used = Math.Min(most, left / speed);
                (left, cost) = (left - used * speed, cost + used);
            }
            if (left < 1e-6) least = Math.Min(least, cost);
        }
        return least;
    }

    /// <summary>All work at the highest speed, and a start-up for each pod that the deadline makes necessary at one time.</summary>
    private static double Stream(Trace trace)
    {
        var fastest = trace.Speeds.Max();
        var buckets = new double[(trace.Length + Step - 1) / Step];
        foreach (var partition in trace.Arrivals)
            for (var second = 0; second < partition.Length; second++) buckets[second / Step] += partition[second] * trace.ItemWork / fastest;
        // Where nothing is left to do for longer than a start-up takes, it is cheaper to start anew than to wait: such spans are counted apart.
        var silence = (int)Math.Ceiling((trace.Deadline + trace.StartUps.Max()) / Step) + 1;
        var (pods, start, last) = (0, -1, -1);
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            if (buckets[bucket] <= 0) continue;
            if (start >= 0 && bucket - last > silence)
            {
                pods += Peak(buckets.AsSpan(start..(last + 1)), trace.Deadline);
                start = -1;
            }
            (start, last) = (start < 0 ? bucket : start, bucket);
        }
        if (start >= 0) pods += Peak(buckets.AsSpan(start..(last + 1)), trace.Deadline);
        return trace.Work / fastest + Enumerable.Range(0, pods).Sum(trace.StartUpOf);
    }

    /// <summary>What arrives within any time must be done within that time and the deadline.</summary>
    private static int Peak(ReadOnlySpan<double> buckets, double deadline)
    {
        var peak = 0d;
        for (var from = 0; from < buckets.Length; from++)
        {
            var work = 0d;
            for (var to = from; to < buckets.Length; to++)
            {
                work += buckets[to];
                peak = Math.Max(peak, work / ((to + 1 - from) * Step + deadline));
            }
        }
        return (int)Math.Ceiling(peak - 1e-6);
    }
}
