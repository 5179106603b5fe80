using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Detectors;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Api.Validation;
using DeepfakeOperator.Operator.Runtime;
using DeepfakeOperator.Operator.ScanJobs;
using k8s;
using k8s.Models;

namespace DeepfakeOperator.Operator.Detectors;

/// <summary>
/// Finds out whether a detector does what its descriptor says: a Job with the worker's image loads the model and reproduces the conformance outputs. Serves Detectors
/// and ClusterDetectors alike.
/// </summary>
/// <param name="detectors">The detectors.</param>
/// <param name="client">Writes their status.</param>
/// <param name="jobClient">Makes check Jobs.</param>
/// <param name="jobs">The check Jobs.</param>
/// <param name="pods">Their pods.</param>
/// <param name="configMaps">Holds the descriptor for the check.</param>
/// <param name="resolver">Finds the detectors that a detector names.</param>
/// <param name="options">Worker image, and the namespace in which cluster-scoped detectors are checked.</param>
/// <param name="events">Tells of changes.</param>
/// <param name="clock">For times in the status.</param>
internal sealed class DetectorReconciler<T>(
    Store<T> detectors,
    ResourceClient<T> client,
    ResourceClient<V1Job> jobClient,
    Store<V1Job> jobs,
    Store<V1Pod> pods,
    ResourceClient<V1ConfigMap> configMaps,
    DetectorResolver resolver,
    OperatorOptions options,
    EventRecorder events,
    TimeProvider clock)
    where T : class, IKubernetesObject<V1ObjectMeta>, ISpec<DetectorSpec>, IStatus<DetectorStatus?>
{
    /// <summary>A check that failed is made again after this long: what was wrong may have been outside the spec.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>What was last written, which the watch may not have brought back yet.</summary>
    private readonly ConcurrentDictionary<ObjectKey, (string Uid, DetectorStatus Status)> _written = new();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (detectors.Get(key) is not { } detector || detector.Metadata.DeletionTimestamp is not null)
        {
            _written.TryRemove(key, out _);
            return ReconcileResult.Done;
        }
        var now = clock.GetUtcNow();
        var isKnown = _written.TryGetValue(key, out var last) && last.Uid == detector.Metadata.Uid;
        var before = (isKnown ? last.Status : detector.Status) ?? new DetectorStatus();
        var isCurrent = before.ObservedGeneration == detector.Metadata.Generation;
        if (isCurrent && Conditions.IsTrue(before.Conditions, ConditionTypes.Ready))
        {
            // Whoever wrote that may have been killed before it could clean up.
            await DeleteChecksAsync(detector, except: default, cancellation);
            return ReconcileResult.Done;
        }

        if (ProblemOf(key, detector) is { } problem)
        {
            await WriteAsync(detector, before, now, conditions => conditions.Stalled(Reasons.InvalidSpec, problem), null, cancellation);
            return ReconcileResult.Done;
        }
        IReadOnlyList<ResolvedDetector> helpers;
        try
        {
            helpers = resolver.HelpersOf(key.Namespace, detector.Spec);
        }
        catch (BlockedException blocked)
        {
            // It may be applied a moment later, or be in its own check.
            await WriteAsync(detector, before, now, conditions => Describe(conditions, blocked), null, cancellation);
            return ReconcileResult.After(Look);
        }
        var descriptor = JsonSerializer.Serialize(new ResolvedDetector(key.Name, 1, detector.Spec) { Helpers = helpers }, ApiJson.Options);
        var check = new ObjectKey(key.Namespace.Length > 0 ? key.Namespace : options.Namespace, Names.Check(key.Name, Names.HashOf(descriptor)));
        // Checks of an earlier spec answer a question that nobody asks any more.
        await DeleteChecksAsync(detector, except: check, cancellation);

        if (jobs.Get(check) is not { } job)
        {
            var wait = before.CheckedAt + Again - now;
            if (isCurrent && Conditions.IsTrue(before.Conditions, ConditionTypes.Stalled) && wait > TimeSpan.Zero) return ReconcileResult.After(wait.Value);
            await StartAsync(detector, check, descriptor, cancellation);
            // A failure stays visible while the check is made again.
            if (!isCurrent || before.Conditions.Count == 0)
            {
                await WriteAsync(detector, before, now, conditions => conditions.Reconciling(Reasons.Checking, $"Job {check} loads the model"), null, cancellation);
            }
            return ReconcileResult.After(Look);
        }

        var outcome = CheckOutcome.Of(job, pods.OwnedBy(job.Metadata.Uid));
        await WriteAsync(detector, before, now, conditions => Describe(conditions, outcome, check, isCurrent), outcome, cancellation);
        if (!outcome.IsFinal) return ReconcileResult.After(Look);
        await DeleteAsync(job, cancellation);
        return outcome.Result?.Passed == true ? ReconcileResult.Done : ReconcileResult.After(Again);
    }

    private static void Describe(Conditions conditions, BlockedException blocked)
    {
        if (blocked.Passes) conditions.Reconciling(Reasons.Checking, blocked.Message);
        else conditions.Stalled(blocked.Reason, blocked.Message);
    }

    private static void Describe(Conditions conditions, CheckOutcome outcome, ObjectKey check, bool isCurrent)
    {
        if (outcome.Result is { Passed: true } passed) conditions.Ready(Reasons.ConformancePassed, passed.Message);
        else if (outcome.Result is { } failed) conditions.Stalled(failed.Reason, failed.Message);
        else if (outcome.Trouble is { } trouble) conditions.Stalled(trouble.Reason, trouble.Message);
        else if (outcome.Waiting is { } waiting && !conditions.Has(ConditionTypes.Stalled)) conditions.Reconciling(Reasons.Checking, waiting);
        else if (!isCurrent) conditions.Reconciling(Reasons.Checking, $"Job {check} loads the model");
    }

    private string? ProblemOf(ObjectKey key, T detector)
    {
        if (detectors.ErrorOf(key) is { } unreadable) return $"the spec cannot be read: {unreadable}";
        if (SpecValidation.Check(detector.Spec) is { Count: > 0 } violations) return string.Join("; ", violations);
        return detector.Spec.Conformance is null ? "spec.conformance is missing: without a golden input nobody can tell whether the model does what it should" : null;
    }

    private async Task StartAsync(T detector, ObjectKey check, string descriptor, CancellationToken cancellation)
    {
        var configMap = WorkerConfiguration.ConfigMap(detector, check, "detector.json", descriptor, ApiGroup.DetectorLabel);
        await configMaps.ApplyAsync(check, configMap, cancellation);
        await jobClient.CreateAsync(check.Namespace, WorkerJob.Check(detector, detector.Spec, check.Namespace, check.Name, options.WorkerImage), cancellation);
    }

    private async Task DeleteChecksAsync(T detector, ObjectKey except, CancellationToken cancellation)
    {
        foreach (var job in jobs.OwnedBy(detector.Metadata.Uid).Where(job => ObjectKey.Of(job) != except)) await DeleteAsync(job, cancellation);
    }

    private async Task DeleteAsync(V1Job job, CancellationToken cancellation)
    {
        // The Job last: as long as it is there, what belongs to it is found.
        await configMaps.DeleteAsync(ObjectKey.Of(job), null, "Background", cancellation);
        if (job.Metadata.DeletionTimestamp is null) await jobClient.DeleteAsync(ObjectKey.Of(job), job.Metadata.Uid, "Background", cancellation);
    }

    private async Task WriteAsync(
        T detector, DetectorStatus before, DateTimeOffset now, Action<Conditions> set, CheckOutcome? outcome, CancellationToken cancellation)
    {
        var conditions = new Conditions(before.Conditions, detector.Metadata.Generation ?? 0, now);
        set(conditions);
        var isFinal = outcome is { IsFinal: true };
        var status = new DetectorStatus
        {
            ObservedGeneration = detector.Metadata.Generation ?? 0,
            Conditions = conditions.ToList(),
            ModelSha256 = isFinal ? detector.Spec.Model?.Sha256 : before.ModelSha256,
            Provider = isFinal ? outcome!.Result?.Provider : before.Provider,
            CheckedAt = isFinal ? new DateTimeOffset(now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, now.Offset) : before.CheckedAt,
        };
        var body = JsonSerializer.SerializeToNode(status, ApiJson.Options)!;
        if (JsonNode.DeepEquals(body, JsonSerializer.SerializeToNode(before, ApiJson.Options))) return;
        await client.ApplyStatusAsync(ObjectKey.Of(detector), detector.Metadata.Uid, body, cancellation);
        OperatorMetrics.StatusWrites.WithLabels(ResourceClient<T>.Kind).Inc();
        _written[ObjectKey.Of(detector)] = (detector.Metadata.Uid, status);
        ScanJobEvents.Tell(events, detector, before.Conditions, status.Conditions);
    }
}
