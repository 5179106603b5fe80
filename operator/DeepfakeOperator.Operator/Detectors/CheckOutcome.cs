using System.Text.Json;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Operator.ScanJobs;
using k8s.Models;

namespace DeepfakeOperator.Operator.Detectors;

/// <summary>How far a check is, read from its Job and pods.</summary>
/// <param name="Result">What the worker found; null: it has not said so.</param>
/// <param name="Trouble">What keeps it from saying so; null: nothing yet.</param>
/// <param name="IsFinal">True: this check will say no more.</param>
internal sealed record CheckOutcome(DetectorCheck? Result, (string Reason, string Message)? Trouble, bool IsFinal)
{
    /// <summary>What is waited for that may come by itself.</summary>
    public string? Waiting { get; private init; }

    public static CheckOutcome Of(V1Job job, IEnumerable<V1Pod> pods)
    {
        var newest = pods.OrderByDescending(pod => pod.Metadata.CreationTimestamp).FirstOrDefault();
        if (PodTrouble.WorkerOf(newest)?.State?.Terminated is { } ended)
        {
            if (Parse(ended.Message) is { } result) return new CheckOutcome(result, null, true);
            var failed = (Reasons.CheckFailed, $"the check exited with {ended.ExitCode} ({ended.Reason}): {ended.Message?.Trim()}");
            return new CheckOutcome(null, failed, WorkerJob.IsFailed(job) || WorkerJob.IsComplete(job));
        }
        if (WorkerJob.IsFailed(job))
        {
            var why = job.Status.Conditions.First(condition => condition.Type == "Failed");
            return new CheckOutcome(null, (Reasons.CheckFailed, $"the check could not run: {why.Reason}: {why.Message}"), true);
        }
        if (PodTrouble.Of(newest) is not { } trouble) return new CheckOutcome(null, null, false);
        if (trouble.Reason == PodTrouble.NoNode) return new CheckOutcome(null, null, false) { Waiting = $"the check's pod {trouble.Message}" };
        return new CheckOutcome(null, (trouble.Reason, $"the check's pod {trouble.Message}. Check the operator's --worker-image"), false);
    }

    private static DetectorCheck? Parse(string? message)
    {
        if (string.IsNullOrWhiteSpace(message)) return null;
        try
        {
            return JsonSerializer.Deserialize<DetectorCheck>(message, ApiJson.Options);
        }
        catch (JsonException)
        {
            // The end of a crashed process's log, by FallbackToLogsOnError.
            return null;
        }
    }
}
