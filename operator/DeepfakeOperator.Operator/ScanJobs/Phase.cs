using DeepfakeOperator.Api.ScanJobs;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>One word for people, derived from the conditions and nothing else, so that the two cannot disagree.</summary>
internal static class Phase
{
    public static ScanJobPhase Of(IReadOnlyList<V1Condition> conditions)
    {
        if (Conditions.IsTrue(conditions, ConditionTypes.Complete)) return ScanJobPhase.Succeeded;
        if (Conditions.IsTrue(conditions, ConditionTypes.Failed)) return ScanJobPhase.Failed;
        if (Conditions.IsTrue(conditions, ConditionTypes.Suspended))
        {
            return Conditions.Find(conditions, ConditionTypes.Suspended)!.Reason == Reasons.Draining ? ScanJobPhase.Draining : ScanJobPhase.Suspended;
        }
        if (Conditions.IsTrue(conditions, ConditionTypes.Planned)) return ScanJobPhase.Running;
        return Conditions.Find(conditions, ConditionTypes.Reconciling) is { Status: "True", Reason: Reasons.Planning } ? ScanJobPhase.Planning : ScanJobPhase.Pending;
    }

    public static bool IsFinished(ScanJobStatus? status) =>
        Conditions.IsTrue(status?.Conditions, ConditionTypes.Complete) || Conditions.IsTrue(status?.Conditions, ConditionTypes.Failed);
}
