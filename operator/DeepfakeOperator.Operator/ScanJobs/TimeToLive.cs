using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>When a finished job deletes itself.</summary>
internal static class TimeToLive
{
    /// <summary>Time left to live, zero or less when it is over; null: it stays.</summary>
    public static TimeSpan? Left(ScanJobSpec spec, ScanJobStatus? status, DateTimeOffset now) =>
        spec.TtlSecondsAfterFinished is { } seconds && status?.CompletionTime is { } end ? end + TimeSpan.FromSeconds(seconds) - now : null;
}
