using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The two clocks that end a job.</summary>
internal static class Deadlines
{
    /// <summary>Why the job must fail now, or null and the time until that has to be asked again.</summary>
    /// <param name="spec">What was asked for.</param>
    /// <param name="started">When the job was accepted.</param>
    /// <param name="hadWorker">A worker is or was ready, or progress was made.</param>
    /// <param name="now">The time.</param>
    public static (string? Reason, string Message, TimeSpan? Next) Check(ScanJobSpec spec, DateTimeOffset started, bool hadWorker, DateTimeOffset now)
    {
        var active = Left(spec.ActiveDeadlineSeconds, started, now);
        if (active <= TimeSpan.Zero)
        {
            return (Reasons.ActiveDeadlineExceeded, $"the job was not finished after activeDeadlineSeconds ({spec.ActiveDeadlineSeconds})", null);
        }
        var pending = hadWorker ? null : Left(spec.PendingDeadlineSeconds, started, now);
        if (pending <= TimeSpan.Zero)
        {
            var message = $"no worker became ready within pendingDeadlineSeconds ({spec.PendingDeadlineSeconds}): look at the worker Jobs' events; is there a free "
                + $"{(spec.Workers.Accelerator.Count > 0 ? spec.Workers.Accelerator.Resource : "node")}?";
            return (Reasons.PendingDeadlineExceeded, message, null);
        }
        return (null, "", active is null ? pending : pending is null || active < pending ? active : pending);
    }

    private static TimeSpan? Left(long? seconds, DateTimeOffset started, DateTimeOffset now) =>
        seconds is { } limit ? started + TimeSpan.FromSeconds(limit) - now : null;
}
