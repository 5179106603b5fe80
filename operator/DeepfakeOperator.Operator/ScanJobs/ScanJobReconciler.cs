using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Api.Validation;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Brings one ScanJob to where its spec wants it: plan, deal, keep workers, fold progress, end. Every step may be repeated and may be the last before this process is
/// killed; the one status write comes at the end.
/// </summary>
internal sealed class ScanJobReconciler(
    Store<ScanJob> jobs,
    ResourceClient<ScanJob> client,
    DetectorResolver detectors,
    KafkaSecrets secrets,
    WorkerConfiguration configuration,
    WorkerSlots slots,
    ScanJobFinalizer finalizer,
    Func<ScanJob, ScanSession> openSession,
    EventRecorder events,
    TimeProvider clock) : IAsyncDisposable
{
    /// <summary>How soon a running job is looked at again when nothing happens: rates fall and deadlines pass without an event.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>Counts alone are written no more often than this; a condition that changes is written at once.</summary>
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ObjectKey, ScanSession> _sessions = new();

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (jobs.Get(key) is not { } job)
        {
            await ForgetAsync(key);
            return ReconcileResult.Done;
        }
        var session = await SessionOfAsync(key, job);
        if (job.Metadata.DeletionTimestamp is not null) return await finalizer.FinalizeAsync(job, session, cancellation);
        if (Phase.IsFinished(session.LastStatus ?? job.Status)) return await AfterTheEndAsync(job, session, cancellation);

        if (await StepAsync(job, session, cancellation) is not { } seen) return ReconcileResult.Done;
        var written = await WriteStatusAsync(job, session, seen, cancellation);
        if (Phase.IsFinished(session.LastStatus)) return await AfterTheEndAsync(job, session, cancellation);
        if (seen.Blocked is not null) return ReconcileResult.Retry;
        if (seen.Connecting) return ReconcileResult.After(Soon);
        if (job.Spec.Suspend) return seen.Workers.Draining > 0 ? ReconcileResult.After(Soon) : ReconcileResult.Done;
        return ReconcileResult.After(written && seen.Progress is not null ? Heartbeat : Soon);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in _sessions.Keys) await ForgetAsync(key);
    }

    /// <summary>
    /// The story of a live job. What cannot go on stops it here and shows in the status; what is already running goes on. Null: the job was deleted
    /// meanwhile.
    /// </summary>
    private async Task<Observation?> StepAsync(ScanJob job, ScanSession session, CancellationToken cancellation)
    {
        var seen = new Observation { Workers = slots.Observe(job, session.LastStatus?.Workers.Desired ?? job.Status?.Workers.Desired ?? 0) };
        try
        {
            RequireValid(job);
            if (job.Spec.Suspend)
            {
                session.Scaler.Interrupt();
                seen = seen with { Workers = await slots.DrainAllAsync(job, failedToo: true, cancellation) };
                return seen with { Record = session.Record, Plan = session.Plan, Progress = session.Progress };
            }
            if (Expired(job, session) is { } expired) return seen with { Failure = expired, Record = session.Record, Plan = session.Plan, Progress = session.Progress };

            var resolved = await configuration.FrozenAsync(job, session, cancellation) ?? detectors.Resolve(job);
            var wasBlocked = Conditions.IsTrue((session.LastStatus ?? job.Status)?.Conditions, ConditionTypes.Stalled);
            var settings = await secrets.SettingsOfAsync(job, fresh: wasBlocked, cancellation);
            if (!await session.ConnectAsync(settings, cancellation)) return seen with { Connecting = true, Record = session.Record, Plan = session.Plan, Progress = session.Progress };

            // Freezing the offsets of many partitions takes a while: the status says so first, once, and its write brings us back here.
            if (session.AnnouncesPlanning(session.LastStatus ?? job.Status)) return seen;
            if (!await finalizer.HoldAsync(job, cancellation)) return null;
            await session.PlanAsync(job, cancellation);
            seen = seen with { Record = session.Record, Plan = session.Plan };
            await session.GrowAsync(job, cancellation);
            await session.DealAsync(cancellation);
            seen = seen with { Progress = session.Progress };
            if (seen.Progress is { AllDone: true }) return seen;

            await configuration.ReconcileAsync(job, resolved, session, cancellation);
            var now = clock.GetUtcNow();
            var scaling = session.Scaler.Decide(
                job.Spec, session.Plan!, seen.Progress, seen.Workers, (session.LastStatus ?? job.Status)?.StartTime ?? now, now);
            seen = seen with { Scaling = scaling };
            var workers = await slots.ReconcileAsync(
                job, resolved, scaling.Desired, seen.Progress?.BusySlots, session.Scaler.Slow, session.Leaving, cancellation);
            return seen with { Workers = workers, Failure = workers.Failure is { } words ? (Reasons.BackoffLimitExceeded, words) : null };
        }
        catch (BlockedException blocked)
        {
            session.Scaler.Interrupt();
            return seen with { Blocked = blocked, Record = session.Record, Plan = session.Plan, Progress = session.Progress };
        }
        catch (ApiException denied) when (denied.Status == System.Net.HttpStatusCode.Forbidden)
        {
            var blocked = new BlockedException(
                Reasons.KubernetesDenied, $"the API server does not let the operator go on: {denied.Message}. Check the operator's roles");
            return seen with { Blocked = blocked, Record = session.Record, Plan = session.Plan, Progress = session.Progress };
        }
    }

    private void RequireValid(ScanJob job)
    {
        if (jobs.ErrorOf(ObjectKey.Of(job)) is { } unreadable) throw new BlockedException(Reasons.InvalidSpec, $"the spec cannot be read: {unreadable}");
        // For API servers that are too old to run the rules of the CRD.
        var violations = SpecValidation.Check(job.Spec);
        if (violations.Count > 0) throw new BlockedException(Reasons.InvalidSpec, string.Join("; ", violations));
        if (job.Spec.Mode == ScanMode.Stream)
        {
            throw new BlockedException(Reasons.ModeNotSupported, "mode Stream is not built yet; use mode Batch, which ends where the topics end now");
        }
        if (job.Spec.Results.Dapr is not null)
            throw new BlockedException(Reasons.SinkNotSupported, "spec.results.dapr is not built yet; take it out, and read the verdicts from spec.results.kafka.topic");
    }

    private (string Reason, string Message)? Expired(ScanJob job, ScanSession session)
    {
        var status = session.LastStatus ?? job.Status;
        if (status?.StartTime is not { } started) return null;
        var hadWorker = status.Items.Processed > 0 || status.Workers.Ready > 0 || slots.Observe(job, 0).Ready > 0;
        return Deadlines.Check(job.Spec, started, hadWorker, clock.GetUtcNow());
    }

    /// <summary>True unless the write was put off.</summary>
    private async Task<bool> WriteStatusAsync(ScanJob job, ScanSession session, Observation seen, CancellationToken cancellation)
    {
        var before = session.LastStatus ?? job.Status;
        var now = clock.GetUtcNow();
        var status = StatusComposer.Compose(job, before, seen, now);
        ScanJobMetrics.Set(job, status);
        var body = ToJson(status);
        if (before is not null && JsonNode.DeepEquals(body, ToJson(before))) return true;
        var countsOnly = before is not null && JsonNode.DeepEquals(ToJson(status)["conditions"], ToJson(before)["conditions"])
            && before.ObservedGeneration == status.ObservedGeneration;
        if (countsOnly && now - session.LastStatusAt < StatusInterval) return false;

        await client.ApplyStatusAsync(ObjectKey.Of(job), job.Metadata.Uid, body, cancellation);
        OperatorMetrics.StatusWrites.WithLabels(ScanJob.Plural).Inc();
        session.LastStatus = status;
        session.LastStatusAt = now;
        ScanJobEvents.Tell(events, job, before?.Conditions ?? [], status.Conditions);
        return true;
    }

    /// <summary>A finished job keeps its status and its topics; its workers and the operator's memory of it go, and one day it goes itself.</summary>
    private async Task<ReconcileResult> AfterTheEndAsync(ScanJob job, ScanSession session, CancellationToken cancellation)
    {
        var workers = await slots.DrainAllAsync(job, failedToo: false, cancellation);
        var status = session.LastStatus ?? job.Status!;
        var settled = status with
        {
            Workers = new WorkerCounts { Ready = workers.Ready, Draining = workers.Draining },
            Replicas = workers.Existing,
        };
        if (settled != status)
        {
            await client.ApplyStatusAsync(ObjectKey.Of(job), job.Metadata.Uid, ToJson(settled), cancellation);
            OperatorMetrics.StatusWrites.WithLabels(ScanJob.Plural).Inc();
            session.LastStatus = settled;
        }
        await session.ReleaseAsync();
        ScanJobMetrics.Remove(ObjectKey.Of(job));
        if (workers.Draining + workers.Existing > 0) return ReconcileResult.After(Soon);
        if (TimeToLive.Left(job.Spec, status, clock.GetUtcNow()) is not { } left) return ReconcileResult.Done;
        if (left > TimeSpan.Zero) return ReconcileResult.After(left);
        await client.DeleteAsync(ObjectKey.Of(job), job.Metadata.Uid, "Background", cancellation);
        return ReconcileResult.Done;
    }

    private async Task<ScanSession> SessionOfAsync(ObjectKey key, ScanJob job)
    {
        // A job that was deleted and made again under the same name is another job.
        if (_sessions.TryGetValue(key, out var session) && session.Uid != job.Metadata.Uid) await ForgetAsync(key);
        return _sessions.GetOrAdd(key, _ => openSession(job));
    }

    private async Task ForgetAsync(ObjectKey key)
    {
        secrets.Forget(key);
        ScanJobMetrics.Remove(key);
        if (_sessions.TryRemove(key, out var session)) await session.DisposeAsync();
    }

    private static JsonObject ToJson(ScanJobStatus status) => System.Text.Json.JsonSerializer.SerializeToNode(status, ApiJson.Options)!.AsObject();
}
