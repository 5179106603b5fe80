using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Why a pod of ours does not get ready, in the words of whoever said so: the scheduler, the kubelet, or the worker itself.</summary>
internal static class PodTrouble
{
    /// <summary>Reasons of a waiting container that do not mend themselves without somebody's doing.</summary>
    private static readonly string[] Stuck =
    [
        "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull",
        "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
    ];

    /// <summary>The reason of a pod that waits for a node, which may pass by itself: another pod ends, or a node is added.</summary>
    public const string NoNode = "Unschedulable";

    /// <summary>Null: nothing is known to be wrong.</summary>
    public static (string Reason, string Message)? Of(V1Pod? pod)
    {
        var waiting = WorkerOf(pod)?.State?.Waiting;
        if (waiting is not null && Stuck.Contains(waiting.Reason)) return (waiting.Reason, $"cannot start: {waiting.Message}");
        if (LastWordsOf(pod) is { } words) return ("WorkerEnded", words);
        var unscheduled = pod?.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return unscheduled is null ? null : (NoNode, $"waits for a node: {unscheduled.Message}");
    }

    /// <summary>How a pod's worker ended; null: it did not.</summary>
    public static string? LastWordsOf(V1Pod? pod) => WorkerOf(pod)?.State?.Terminated is { } ended
        ? $"exited with {ended.ExitCode}: {(string.IsNullOrWhiteSpace(ended.Message) ? ended.Reason : ended.Message.Trim())}"
        : pod?.Status is { Phase: "Failed" } failed ? $"failed: {failed.Reason} {failed.Message}".Trim() : null;

    /// <summary>Our container: a user's template may have put others beside it.</summary>
    public static V1ContainerStatus? WorkerOf(V1Pod? pod) =>
        pod?.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == WorkerPod.ContainerName);
}
