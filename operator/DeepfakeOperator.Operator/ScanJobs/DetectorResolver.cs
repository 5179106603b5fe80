using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Finds the detectors that a job names: one of its namespace, else one of the cluster. Each must have passed its check.</summary>
internal sealed class DetectorResolver(Store<Detector> detectors, Store<ClusterDetector> clusterDetectors)
{
    /// <exception cref="BlockedException">One is missing or not ready.</exception>
    public IReadOnlyList<ResolvedDetector> Resolve(ScanJob job) => [.. job.Spec.Detectors.Select(reference => Resolve(job.Metadata.NamespaceProperty, reference))];

    /// <summary>The face detector and the voice-activity model that a detector names.</summary>
    /// <exception cref="BlockedException">One is missing or not ready.</exception>
    public IReadOnlyList<ResolvedDetector> HelpersOf(string @namespace, DetectorSpec spec) =>
        [.. new[] { spec.Face?.Detector, spec.Audio?.VoiceActivity }.OfType<string>().Select(name => Resolve(@namespace, new DetectorReference { Name = name }))];

    private ResolvedDetector Resolve(string @namespace, DetectorReference reference)
    {
        if (detectors.Get(new ObjectKey(@namespace, reference.Name)) is { } local)
        {
            return WithHelpers(@namespace, Checked("Detector", local.Metadata.Generation, local.Status, reference, local.Spec));
        }
        if (clusterDetectors.Get(new ObjectKey("", reference.Name)) is { } shared)
        {
            return WithHelpers(@namespace, Checked("ClusterDetector", shared.Metadata.Generation, shared.Status, reference, shared.Spec));
        }
        throw new BlockedException(
            Reasons.DetectorNotFound,
            $"there is no Detector '{reference.Name}' in namespace '{@namespace}' and no ClusterDetector of that name. Apply one, or correct spec.detectors");
    }

    /// <summary>A detector of another role names none, whatever its spec says: no circle can be made.</summary>
    private ResolvedDetector WithHelpers(string @namespace, ResolvedDetector detector) =>
        detector.Spec.Role == DetectorRole.Detector ? detector with { Helpers = HelpersOf(@namespace, detector.Spec) } : detector;

    private static ResolvedDetector Checked(string kind, long? generation, DetectorStatus? status, DetectorReference reference, DetectorSpec spec)
    {
        var ready = Conditions.Find(status?.Conditions, ConditionTypes.Ready);
        if (ready?.Status == "True" && status!.ObservedGeneration == generation)
            return new ResolvedDetector(reference.Name, reference.Weight, spec) { Family = reference.Family };
        var current = status is not null && status.ObservedGeneration == generation;
        if (current && Conditions.Find(status!.Conditions, ConditionTypes.Stalled) is { Status: "True" } stalled)
        {
            throw new BlockedException(
                Reasons.DetectorNotReady,
                $"{kind} '{reference.Name}' is not ready: {stalled.Reason}: {stalled.Message}. Mend it, or take it out of spec.detectors");
        }
        // Applied together with the job, as samples are: nothing is wrong, its check takes a moment.
        var checking = current ? Conditions.Find(status!.Conditions, ConditionTypes.Reconciling)?.Message : null;
        throw new BlockedException(
            Reasons.DetectorNotReady,
            $"{kind} '{reference.Name}' is being checked{(string.IsNullOrEmpty(checking) ? "" : ": " + checking)}",
            passes: true);
    }
}
