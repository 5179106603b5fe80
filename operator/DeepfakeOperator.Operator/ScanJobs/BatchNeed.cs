namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Workers for a batch: the fewest that finish within the target. The work is the same however it is spread, so each start-up saved is what makes it
/// cheap; and a
/// worker that is ready stays while it has work, as sending it away saves nothing.
/// </summary>
internal static class BatchNeed
{
    /// <summary>Share of the time left that is kept in reserve when workers are added: for the tail, and for what nobody foresaw.</summary>
    private const double Reserve = 0.12;

    /// <summary>Share that may be gone before workers are added: smaller, so that noise adds none.</summary>
    private const double Alarm = 0.05;

    /// <summary>From being asked for to ready, until it is seen.</summary>
    public static readonly TimeSpan UsualStartUp = TimeSpan.FromSeconds(120);

    public static ScalingNeed Of(ScalingPolicy policy, ScalingInput input)
    {
        if (input.Shards == 0) return new(0, Reasons.NothingWaits, "every shard is done");
        var have = input.Ready + input.Pending;
        var rate = input.RatePerWorker;
        if (policy.Target is not { } target)
        {
            var message = "no targetCompletion: as many workers as workers.max, or as there are shards";
            // One that is ready only when the others have finished helps nobody.
            return new(rate is { } known && TooLate(input, known) ? Useful(input, known) : policy.Max, Reasons.AsFastAsAllowed, message);
        }
        if (rate is not { } speed) return Probe(policy, input, target);

        var left = (target - input.Elapsed).TotalSeconds;
        var onTarget = $"the fewest workers that finish within targetCompletion ({target:c})";
        const string exchanging = "some workers are so slow that others in their place cost less";
        var fleet = new BatchFleet(input, speed);
        if (fleet.Does(left * (1 - Alarm), have) >= input.Left)
        {
            var dispensable = fleet.Dispensable(left * (1 - Reserve), input.Left);
            if (dispensable == 0 && have < policy.Max && fleet.WorthExchanging > 0)
            {
                return new(Math.Min(policy.Max, have + fleet.WorthExchanging), Reasons.ExchangingSlow, exchanging);
            }
            // Who stands in for a slow one must be ready before that one goes.
            if (dispensable > 0 && input.Pending > 0) return new(have, Reasons.ExchangingSlow, exchanging);
            // Those that are starting and turned out not to be needed are given back, and slow ones that others can stand in for.
            // The rest have paid their price.
            var fewest = input.Ready - dispensable;
            while (fewest < have && fleet.Does(left * (1 - Reserve), fewest) < input.Left) fewest++;
            return new(Math.Max(1, fewest), Reasons.OnTarget, onTarget);
        }
        var usable = left * (1 - Reserve);
        var each = (usable - StartUp(input)) * speed;
        if (each > 0)
        {
            var more = Math.Ceiling((input.Left - fleet.Does(usable, have)) / each);
            if (have + more <= policy.Max) return new(have + (int)more, Reasons.OnTarget, onTarget);
        }
        // The target is a wish, not a bound: late, but as little as can be.
        return new(
            TooLate(input, speed) ? Useful(input, speed) : policy.Max,
            Reasons.BehindTarget,
            $"targetCompletion ({target:c}) is out of reach with workers.max ({policy.Max})");
    }

    /// <summary>Nothing measured and nothing said: one worker to measure with, and the more the longer nothing is known.</summary>
    private static ScalingNeed Probe(ScalingPolicy policy, ScalingInput input, TimeSpan target)
    {
        var share = Math.Clamp(2 * input.Elapsed / target - 0.5, 0, 1);
        var workers = Math.Max(1, (int)Math.Ceiling(policy.Max * share));
        return new(
            Math.Max(workers, input.Ready + input.Pending),
            Reasons.MeasuringRate,
            "the rate of a worker is not known yet (autoscaling.itemsPerWorkerPerSecond)");
    }

    /// <summary>The ready workers will have finished before a new one is ready.</summary>
    private static bool TooLate(ScalingInput input, double speed) => input.Ready > 0 && input.Left / (speed * input.Ready) <= StartUp(input);

    /// <summary>The workers that take part, when no more is to be asked for.</summary>
    private static int Useful(ScalingInput input, double speed) =>
        input.Left / (speed * input.Ready) <= PendingLeft(input) ? input.Ready : input.Ready + input.Pending;

    private static double StartUp(ScalingInput input) => (input.StartUp ?? UsualStartUp).TotalSeconds;

    /// <summary>Overdue ones may come any moment; and if there is no GPU for them, asking for more brings none.</summary>
    public static double PendingLeft(ScalingInput input) => Math.Max(0, StartUp(input) - input.PendingFor.TotalSeconds);
}
