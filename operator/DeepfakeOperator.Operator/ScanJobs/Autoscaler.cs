using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Chooses the number of workers. Pure: what it must remember is in the last decision. Facts (limits, shards left) count at once; estimates that ask
/// for fewer
/// workers must hold for the scale-down delay.
/// </summary>
internal static class Autoscaler
{
    public static ScalingDecision Decide(ScalingPolicy policy, ScalingInput input)
    {
        // An operator that has just started takes what it finds as its own decision.
        var last = input.Last ?? new ScalingDecision(input.Ready + input.Pending, "", "");
        var ceiling = policy.Mode == ScanMode.Batch && input.OffsetsKnown ? Math.Min(policy.Max, input.Shards) : policy.Max;
        if (!input.OffsetsKnown)
        {
            return last with
            {
                Desired = Math.Clamp(last.Desired, Math.Min(policy.Min, ceiling), ceiling),
                Reason = Reasons.OffsetsUnknown,
                Message = "offsets cannot be read; the number of workers stays until they can",
                LowerSince = null,
                HighestSince = 0,
            };
        }

        var need = policy.Mode == ScanMode.Batch ? BatchNeed.Of(policy, input) : StreamNeed.Of(policy, input, last.Desired);
        var wanted = Math.Clamp(need.Workers, Math.Min(policy.Min, ceiling), ceiling);
        var before = Math.Min(last.Desired, ceiling);
        if (wanted >= before)
        {
            var capped = policy.Mode == ScanMode.Batch && ceiling < policy.Max && need.Workers >= ceiling && ceiling > 0;
            return capped
                ? new ScalingDecision(wanted, Reasons.ShardsLeft, "no more workers than shards that are not done")
                : new ScalingDecision(wanted, need.Reason, need.Message);
        }

        var since = last.LowerSince ?? input.Now;
        var highest = last.LowerSince is null ? wanted : Math.Max(wanted, Math.Min(last.HighestSince, ceiling));
        if (input.Now - since < policy.ScaleDownDelay)
        {
            var message = $"fewer workers would do; they are drained when that held for {policy.ScaleDownDelay:c}";
            return new ScalingDecision(before, Reasons.ScaleDownDelayed, message)
            {
                LowerSince = since,
                HighestSince = highest,
            };
        }
        return new ScalingDecision(highest, need.Reason, need.Message);
    }
}
