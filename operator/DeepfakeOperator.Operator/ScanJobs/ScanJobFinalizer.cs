using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Lets a ScanJob go only after its workers, its internal topics and its consumer group are gone. A broker that cannot be reached holds it up for two minutes and no
/// longer: then the topics stay behind, and an Event names them.
/// </summary>
internal sealed class ScanJobFinalizer(ResourceClient<ScanJob> client, WorkerSlots slots, KafkaSecrets secrets, EventRecorder events, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Holds the job from here on; to be called before anything is made in Kafka. False: it is gone, and nothing may be made that nobody would remove.
    /// </summary>
    public async Task<bool> HoldAsync(ScanJob job, CancellationToken cancellation)
    {
        return IsHeld(job) || await SetAsync(job, [.. job.Metadata.Finalizers ?? [], ApiGroup.Finalizer], cancellation);
    }

    /// <summary>One step towards the job's end.</summary>
    public async Task<ReconcileResult> FinalizeAsync(ScanJob job, ScanSession session, CancellationToken cancellation)
    {
        if (!IsHeld(job)) return ReconcileResult.Done;
        await slots.DrainAllAsync(job, failedToo: true, cancellation);
        if (await slots.AnyLeftAsync(job, cancellation)) return ReconcileResult.After(Look);
        try
        {
            var settings = await secrets.SettingsOfAsync(job, fresh: true, cancellation);
            if (!await session.ConnectAsync(settings, cancellation)) return ReconcileResult.After(Look);
            await session.CleanUpAsync(job.Spec.RetainInternalTopics);
        }
        catch (BlockedException blocked)
        {
            if (clock.GetUtcNow() - job.Metadata.DeletionTimestamp < Patience) return ReconcileResult.Retry;
            var topics = session.Topics;
            events.Warning(
                job, Reasons.CleanupAbandoned, $"topics {topics.Shards}, {topics.Progress} and group {topics.Group} are left behind, delete them by hand: {blocked.Message}");
        }
        await SetAsync(job, [.. job.Metadata.Finalizers.Where(finalizer => finalizer != ApiGroup.Finalizer)], cancellation);
        return ReconcileResult.Done;
    }

    private static bool IsHeld(ScanJob job) => job.Metadata.Finalizers?.Contains(ApiGroup.Finalizer) == true;

    /// <summary>The resourceVersion keeps another controller's finalizer, added a moment ago, from being lost.</summary>
    private async Task<bool> SetAsync(ScanJob job, IReadOnlyList<string> finalizers, CancellationToken cancellation)
    {
        var metadata = new JsonObject
        {
            ["resourceVersion"] = job.Metadata.ResourceVersion,
            ["finalizers"] = new JsonArray([.. finalizers.Select(finalizer => JsonValue.Create(finalizer))]),
        };
        try
        {
            await client.PatchAsync(ObjectKey.Of(job), new JsonObject { ["metadata"] = metadata }, cancellation);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }
}
