using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Tells people what changed between two statuses, once it is written.</summary>
internal static class ScanJobEvents
{
    /// <summary>Conditions whose turning true is worth an Event.</summary>
    private static readonly string[] Milestones = [ConditionTypes.Planned, ConditionTypes.Suspended, ConditionTypes.Complete];

    public static void Tell(
        EventRecorder events, IKubernetesObject<V1ObjectMeta> about, IReadOnlyList<V1Condition> before, IReadOnlyList<V1Condition> after)
    {
        foreach (var type in Milestones)
        {
            if (Turned(type, before, after) is { Status: "True" } milestone) events.Normal(about, milestone.Reason, milestone.Message);
        }
        if (Turned(ConditionTypes.Progressing, before, after) is { Status: "True" })
        {
            events.Normal(about, Reasons.Started, Conditions.Find(after, ConditionTypes.Ready)?.Message ?? "");
        }
        if (Turned(ConditionTypes.Failed, before, after) is { Status: "True" } failed) events.Warning(about, failed.Reason, failed.Message);
        var stalled = Conditions.Find(after, ConditionTypes.Stalled);
        var was = Conditions.Find(before, ConditionTypes.Stalled);
        if (stalled?.Status == "True" && (was?.Status != "True" || was.Reason != stalled.Reason)) events.Warning(about, stalled.Reason, stalled.Message);
        else if (was?.Status == "True" && stalled?.Status != "True") events.Normal(about, Reasons.Recovered, $"{was.Reason} is over");
    }

    private static V1Condition? Turned(string type, IReadOnlyList<V1Condition> before, IReadOnlyList<V1Condition> after)
    {
        var now = Conditions.Find(after, type);
        return now?.Status == Conditions.Find(before, type)?.Status ? null : now;
    }
}
