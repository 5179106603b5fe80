using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>The two clocks that end a job.</summary>
internal static class Deadlines
{
    /// <summary>Why the job must fail now; null: it need not.</summary>
    /// <param name="spec">What was asked for.</param>
    /// <param name="started">When the job was accepted, or last resumed.</param>
    /// <param name="hadWorker">A worker is or was ready.</param>
    /// <param name="now">The time.</param>
    public static (string Reason, string Message)? Check(ScanJobSpec spec, DateTimeOffset started, bool hadWorker, DateTimeOffset now)
    {
        if (IsOver(spec.ActiveDeadlineSeconds, started, now))
        {
            return (Reasons.ActiveDeadlineExceeded, $"the job was not finished after activeDeadlineSeconds ({spec.ActiveDeadlineSeconds})");
        }
        if (hadWorker || !IsOver(spec.PendingDeadlineSeconds, started, now)) return null;
        var scarce = spec.Workers.Accelerator.Count > 0 ? spec.Workers.Accelerator.Resource : "node";
        return (
            Reasons.PendingDeadlineExceeded,
            $"no worker became ready within pendingDeadlineSeconds ({spec.PendingDeadlineSeconds}): look at the worker Jobs' events; is there a free {scarce}?");
    }

    private static bool IsOver(long? seconds, DateTimeOffset started, DateTimeOffset now) => seconds is { } limit && now - started >= TimeSpan.FromSeconds(limit);
}
