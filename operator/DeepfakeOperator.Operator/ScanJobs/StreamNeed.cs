namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Workers for a stream. A backlog may stand while nobody waits too long; so 2.3 workers' work is done by two, and a third from time to time, rather than by three
/// that idle.
/// </summary>
internal static class StreamNeed
{
    /// <summary>A backlog is worked off, beside what arrives, in so many times the wait.</summary>
    private const double Drain = 4;

    /// <summary>A lag of fewer seconds than this is only what is in flight.</summary>
    private const double InFlight = 15;

    /// <summary>Going without a worker must last for so many start-ups and delays, or it costs more than it saves.</summary>
    private const double Payback = 3;

    public static ScalingNeed Of(ScalingPolicy policy, ScalingInput input, int now)
    {
        var working = input.Partitions.Count(partition => partition.HasWork);
        if (working == 0) return new(0, ScalingReasons.NothingWaits, "there is no lag");
        if (input.RatePerWorker is not { } rate)
        {
            return new(Math.Max(1, now), ScalingReasons.MeasuringRate, "the rate of a worker is not known yet (autoscaling.itemsPerWorkerPerSecond)");
        }

        var load = new StreamLoad(input.Partitions, rate);
        var wait = policy.Wait.TotalSeconds;
        var startUp = (input.StartUp ?? BatchNeed.UsualStartUp).TotalSeconds;
        // What will have gathered when a worker asked for now is ready.
        var growth = Math.Max(0, load.Arrivals - input.Ready - input.Pending) * startUp;
        var forWait = load.WorkersFor(wait, growth);
        var forDrain = load.WorkersToDrain(wait * Drain);
        var keepsUp = load.WorkersToKeepUp();
        var waitsLong = now < keepsUp && load.OldestAge + startUp * (1 - 1 / Math.Max(1, load.BusiestOf(Math.Max(1, now)))) > wait;
        if (now < forWait || waitsLong)
        {
            var more = Math.Max(forWait, Math.Max(forDrain, waitsLong ? keepsUp : 0));
            return new(Math.Min(working, more), ScalingReasons.DrainingBacklog, "more waits than fewer workers would do in time");
        }

        // Work that will be done when the delay is over keeps no worker.
        var spare = Math.Max(0, now - load.Arrivals) * policy.ScaleDownDelay.TotalSeconds;
        var settled = load.Backlog <= InFlight * Math.Max(1, now) + spare;
        var enough = Math.Max(forWait, settled ? Sustained() : Math.Max(forDrain, keepsUp));
        return new(Math.Min(working, Math.Min(now, Math.Max(1, enough))), ScalingReasons.KeepingUp, "as many workers as keep up with what arrives");

        // The fewest that keep up, or fall behind so slowly that it pays.
        int Sustained()
        {
            var few = 1;
            for (; few < keepsUp; few++)
            {
                if (wait / (load.BusiestOf(few) - 1) - startUp >= Payback * (startUp + policy.ScaleDownDelay.TotalSeconds)) break;
            }
            return few;
        }
    }
}
