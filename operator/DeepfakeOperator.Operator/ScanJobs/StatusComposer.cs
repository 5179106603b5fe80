using System.Globalization;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.ScanJobs;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>Makes the status from what was found. Pure: the same findings give the same status, and steady state writes nothing.</summary>
internal static class StatusComposer
{
    public static ScanJobStatus Compose(ScanJob job, ScanJobStatus? before, Observation seen, DateTimeOffset now)
    {
        before ??= new ScanJobStatus();
        var conditions = new Conditions(before.Conditions, job.Metadata.Generation ?? 0, now);
        SetLifecycle(conditions, job, before, seen);
        SetKstatus(conditions, job, before, seen);
        var list = conditions.ToList();
        var phase = Phase.Of(list);
        var finished = phase is ScanJobPhase.Succeeded or ScanJobPhase.Failed;
        var progress = seen.Progress;
        var resumed = Conditions.IsTrue(before.Conditions, ConditionTypes.Suspended) && !job.Spec.Suspend;
        return new ScanJobStatus
        {
            ObservedGeneration = job.Metadata.Generation ?? 0,
            Phase = phase,
            Conditions = list,
            Plan = seen.Plan is null ? before.Plan : new PlanStatus
            {
                Items = seen.Plan.Items,
                Shards = seen.Plan.Shards,
                Partitions = seen.Plan.Partitions,
                StartedAt = Seconds(seen.Record!.At),
            },
            Items = progress?.Items ?? before.Items,
            Shards = progress?.Shards ?? before.Shards,
            Workers = new WorkerCounts { Desired = finished ? 0 : seen.Workers.Desired, Ready = seen.Workers.Ready, Draining = seen.Workers.Draining },
            Throughput = finished ? new ThroughputStatus { Lag = progress?.Lag ?? before.Throughput.Lag } : ThroughputOf(before, progress),
            TopFindings = progress?.Top ?? before.TopFindings,
            Replicas = seen.Workers.Existing,
            Selector = $"{ApiGroup.ScanJobLabel}={Names.Label(job.Metadata.Name)}",
            StartTime = resumed ? Seconds(now) : before.StartTime ?? (job.Spec.Suspend ? null : Seconds(now)),
            CompletionTime = before.CompletionTime ?? (finished ? Seconds(now) : null),
        };
    }

    private static void SetLifecycle(Conditions conditions, ScanJob job, ScanJobStatus before, Observation seen)
    {
        if (seen.Plan is { } plan)
        {
            conditions.Set(ConditionTypes.Planned, true, Reasons.Planned, $"{plan.Items} items of {plan.Partitions} partitions in {plan.Shards} shards");
        }
        else if (!Conditions.IsTrue(before.Conditions, ConditionTypes.Planned))
        {
            conditions.Set(ConditionTypes.Planned, false, Reasons.NotStarted, "");
        }

        var draining = seen.Workers.Existing + seen.Workers.Draining;
        if (job.Spec.Suspend && draining > 0) conditions.Set(ConditionTypes.Suspended, true, Reasons.Draining, "waiting for workers to finish what is in flight");
        else if (job.Spec.Suspend) conditions.Set(ConditionTypes.Suspended, true, Reasons.Suspended, "spec.suspend is true; progress is kept");
        else conditions.Set(ConditionTypes.Suspended, false, Reasons.NotSuspended, "");

        SetScaling(conditions, job, before, seen);

        var working = seen.Workers.Ready > 0 && !job.Spec.Suspend;
        conditions.Set(ConditionTypes.Progressing, working, working ? Reasons.Running : Reasons.WaitingForWorkers, working ? "" : "no worker is ready");

        if (seen.Progress is { AllDone: true })
        {
            conditions.Set(ConditionTypes.Progressing, false, Reasons.AllItemsDone, "");
            conditions.Set(
                ConditionTypes.Complete,
                true,
                seen.Plan!.Items == 0 ? Reasons.NothingToDo : Reasons.AllItemsDone,
                seen.Plan.Items == 0 ? "the source topics hold nothing in the range that was asked for" : "every item has its verdict or dead letter");
        }
        else if (seen.Failure is { } failure)
        {
            conditions.Set(ConditionTypes.Progressing, false, failure.Reason, "");
            conditions.Set(ConditionTypes.Failed, true, failure.Reason, failure.Message);
        }
    }

    /// <summary>True while the operator chooses the number of workers.</summary>
    private static void SetScaling(Conditions conditions, ScanJob job, ScanJobStatus before, Observation seen)
    {
        if (seen.Progress is { AllDone: true }) conditions.Set(ConditionTypes.ScalingActive, false, Reasons.AllItemsDone, "");
        else if (seen.Failure is { } failure) conditions.Set(ConditionTypes.ScalingActive, false, failure.Reason, "");
        else if (job.Spec.Suspend) conditions.Set(ConditionTypes.ScalingActive, false, Reasons.Suspended, "");
        else if (seen.Scaling is { } scaling)
        {
            var active = scaling.Reason is not (Reasons.SetByHand or Reasons.OffsetsUnknown);
            conditions.Set(ConditionTypes.ScalingActive, active, scaling.Reason, scaling.Message);
        }
        else if (seen.Blocked is { } blocked) conditions.Set(ConditionTypes.ScalingActive, false, blocked.Reason, "the workers that are there stay");
        else if (!Conditions.IsTrue(before.Conditions, ConditionTypes.Planned))
        {
            conditions.Set(ConditionTypes.ScalingActive, false, Reasons.NotStarted, "");
        }
    }

    private static void SetKstatus(Conditions conditions, ScanJob job, ScanJobStatus before, Observation seen)
    {
        if (seen.Progress is { AllDone: true }) conditions.Ready(Reasons.AllItemsDone, "all items are done");
        else if (seen.Failure is { } failure) conditions.Stalled(failure.Reason, failure.Message);
        else if (seen.Blocked is { Passes: true } waiting) conditions.Reconciling(waiting.Reason, waiting.Message);
        else if (seen.Blocked is { } blocked) conditions.Stalled(blocked.Reason, blocked.Message);
        else if (job.Spec.Suspend && seen.Workers.Existing + seen.Workers.Draining > 0) conditions.Reconciling(Reasons.Draining, "workers are draining");
        else if (job.Spec.Suspend) conditions.Ready(Reasons.Suspended, "suspended, as asked");
        else if (seen.Connecting && !Conditions.IsTrue(before.Conditions, ConditionTypes.Planned)) conditions.Reconciling(Reasons.Connecting, "waiting for Kafka's answer");
        else if (seen.Plan is null && !Conditions.IsTrue(before.Conditions, ConditionTypes.Planned)) conditions.Reconciling(Reasons.Planning, "freezing the source offsets");
        else if (seen.Progress is null) conditions.Reconciling(Reasons.Restoring, "reading earlier progress");
        else if (job.Spec.Workers.Replicas == 0 && seen.Workers.Existing == 0)
        {
            conditions.Ready(Reasons.SetByHand, "spec.workers.replicas is 0, as asked");
        }
        else if (seen.Workers.Ready == 0) conditions.Reconciling(Reasons.WaitingForWorkers, Starting(seen.Workers));
        else conditions.Ready(Reasons.Running, $"{seen.Workers.Ready} of {seen.Workers.Desired} workers are ready");
    }

    private static string Starting(SlotCounts workers)
    {
        var counted = workers.Existing == 1 ? "1 worker is starting" : $"{workers.Existing} workers are starting";
        return workers.Trouble is { } trouble ? $"{counted}; {trouble}" : counted;
    }

    private static ThroughputStatus ThroughputOf(ScanJobStatus before, Progress? progress) => progress is null ? before.Throughput : new ThroughputStatus
    {
        ItemsPerSecond = progress.Rate.ToString("0.0", CultureInfo.InvariantCulture),
        EstimatedCompletionTime = progress.EstimatedCompletion is { } end ? Seconds(end) : null,
        Lag = progress.Lag,
    };

    /// <summary>Kubernetes times have whole seconds.</summary>
    private static DateTimeOffset Seconds(DateTimeOffset time) => new(time.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, time.Offset);
}
