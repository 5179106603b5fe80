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
    /// <summary>Reasons of a waiting container that do not mend themselves without somebody's doing.</summary>
    private static readonly string[] Stuck =
        ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"];

    public static CheckOutcome Of(V1Job job, IEnumerable<V1Pod> pods)
    {
        var newest = pods.OrderByDescending(pod => pod.Metadata.CreationTimestamp).FirstOrDefault();
        var container = newest?.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == WorkerPod.ContainerName);
        if (container?.State?.Terminated is { } ended)
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
        if (container?.State?.Waiting is { } waiting && Stuck.Contains(waiting.Reason))
        {
            return new CheckOutcome(null, (waiting.Reason, $"the check's pod cannot start: {waiting.Message}. Check the operator's --worker-image"), false);
        }
        var unscheduled = newest?.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return new CheckOutcome(null, unscheduled is null ? null : (unscheduled.Reason ?? Reasons.Checking, $"the check's pod waits for a node: {unscheduled.Message}"), false);
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
