namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Workers for a stream. A backlog may stand while nobody waits too long; so 2.3 workers' work is done by two, and a third from time to time, rather
/// than by three
/// that idle.
/// </summary>
internal static class StreamNeed
{
    /// <summary>A lag of fewer seconds than this is only what is in flight.</summary>
    private const double InFlight = 15;

    /// <summary>Falling behind from time to time must save this share, or it is not worth the unrest.</summary>
    private const double Saving = 0.05;

    /// <summary>
    /// A worker that is asked for so much too much takes hours to fall behind; then a backlog that is not old need not be worked off first.
    /// </summary>
    private const double Nearly = 0.03;

    public static ScalingNeed Of(ScalingPolicy policy, ScalingInput input, int now)
    {
        var working = input.Partitions.Count(partition => partition.HasWork);
        if (working == 0) return new(0, Reasons.NothingWaits, "there is no lag");
        if (input.RatePerWorker is not { } rate)
        {
            return new(Math.Max(1, now), Reasons.MeasuringRate, "the rate of a worker is not known yet (autoscaling.itemsPerWorkerPerSecond)");
        }

        var load = new StreamLoad(input.Partitions, rate);
        var wait = policy.Wait.TotalSeconds;
        var startUp = (input.StartUp ?? BatchNeed.UsualStartUp).TotalSeconds;
        var forWait = load.WorkersFor(wait);
        var keepsUp = load.WorkersToKeepUp(0);
        // How old the oldest will be when a worker asked for now is ready.
        var age = load.OldestAge + startUp * (1 - 1 / Math.Max(1, load.BusiestOf(Math.Max(1, now))));
        // A backlog that is hardly too old may be chance; the older it is, the less may be.
        var chance = Nearly * Math.Clamp(1 - (age / wait - 1) / 0.4, 0, 1);
        var more = now < load.WorkersToKeepUp(chance) && age > wait ? Math.Max(forWait, keepsUp) : forWait;
        if (now < more) return new(Math.Min(working, more), Reasons.DrainingBacklog, "more waits than fewer workers would do in time");

        // Work that will be done when the delay is over keeps no worker.
        var spare = Math.Max(0, now - load.Arrivals) * policy.ScaleDownDelay.TotalSeconds;
        var settled = load.Backlog <= InFlight * Math.Max(1, now) + spare && (load.Arrivals <= 0 || load.OldestAge <= wait / 2);
        var enough = Math.Max(
            forWait,
            settled ? Sustained()
            : load.OldestAge <= wait / 2 ? load.WorkersToKeepUp(Nearly)
            : Math.Max(keepsUp, load.WorkersWithWork(InFlight)));
        return new(Math.Min(working, Math.Min(now, Math.Max(1, enough))), Reasons.KeepingUp, "as many workers as keep up with what arrives");

        // Those that keep up, or fewer that fall behind, and catch up again in time, if that is cheaper on average.
        int Sustained()
        {
            var (best, least) = (keepsUp, keepsUp * (1 - Saving));
            for (var few = 1; few < keepsUp; few++)
            {
                var behind = load.BusiestOf(few) - 1;
                var lasts = behind > 0 ? wait / behind - startUp : double.PositiveInfinity;
                if (lasts <= 0) continue;
                var catchUp = wait * few / keepsUp / Math.Max(1e-3, 1 - load.BusiestOf(keepsUp)) + startUp + policy.ScaleDownDelay.TotalSeconds;
                var average = double.IsInfinity(lasts) ? few : (few * lasts + keepsUp * catchUp) / (lasts + catchUp);
                if (average <= least) (best, least) = (few, average);
            }
            return best;
        }
    }
}
