using System.Globalization;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Keeps as many worker Jobs as are wanted, one for each slot. A Job is deleted in the foreground: it keeps its name until its pod has drained, so a slot never has
/// two workers.
/// </summary>
internal sealed class WorkerSlots(ResourceClient<V1Job> client, Store<V1Job> jobs, Store<V1Pod> pods, string image)
{
    /// <summary>How many workers a job is to have.</summary>
    public static int DesiredOf(ScanJobSpec spec, int shards) => spec.Workers.Replicas ?? Math.Min(spec.Workers.Max, shards);

    /// <summary>Makes what is missing and drains what is too much, the highest slot first.</summary>
    /// <exception cref="BlockedException">The API server refuses the worker Job.</exception>
    public async Task<SlotCounts> ReconcileAsync(ScanJob job, int desired, CancellationToken cancellation)
    {
        var counts = Observe(job, desired);
        if (counts.Failure is not null) return counts;
        var slots = SlotsOf(job);
        foreach (var (slot, worker) in slots.OrderByDescending(pair => pair.Key))
        {
            // A worker that ended while there was work (its node was drained) makes room for the next.
            if (slot >= desired || WorkerJob.IsComplete(worker)) await DrainAsync(worker, cancellation);
        }
        for (var slot = 0; slot < desired; slot++)
        {
            if (!slots.ContainsKey(slot)) await CreateAsync(job, slot, cancellation);
        }
        return counts;
    }

    /// <summary>Drains all of them; failed ones stay to be looked at unless <paramref name="failedToo"/>.</summary>
    public async Task<SlotCounts> DrainAllAsync(ScanJob job, bool failedToo, CancellationToken cancellation)
    {
        foreach (var worker in SlotsOf(job).Values)
        {
            if (failedToo || !WorkerJob.IsFailed(worker)) await DrainAsync(worker, cancellation);
        }
        return Observe(job, 0);
    }

    public SlotCounts Observe(ScanJob job, int desired)
    {
        var workers = jobs.OwnedBy(job.Metadata.Uid);
        var existing = workers.Where(worker => worker.Metadata.DeletionTimestamp is null).ToList();
        return new SlotCounts(
            desired,
            existing.Count(worker => !WorkerJob.IsFailed(worker)),
            existing.Count(worker => pods.OwnedBy(worker.Metadata.Uid).Any(IsReady)),
            workers.Count - existing.Count,
            existing.Where(WorkerJob.IsFailed).Select(LastWordsOf).FirstOrDefault());
    }

    /// <summary>Asks the API server itself, for when being wrong would delete a topic under a running worker.</summary>
    public async Task<bool> AnyLeftAsync(ScanJob job, CancellationToken cancellation)
    {
        var selector = Uri.EscapeDataString($"{ApiGroup.ScanJobLabel}={Names.Label(job.Metadata.Name)}");
        var page = await client.ListPageAsync($"labelSelector={selector}", cancellation);
        return (page["items"]?.AsArray() ?? []).Any(item => item?["metadata"]?["ownerReferences"] is JsonArray owners
            && owners.Any(owner => (string?)owner?["uid"] == job.Metadata.Uid));
    }

    private Dictionary<int, V1Job> SlotsOf(ScanJob job)
    {
        var slots = new Dictionary<int, V1Job>();
        foreach (var worker in jobs.OwnedBy(job.Metadata.Uid))
        {
            if (worker.Metadata.Labels?.TryGetValue(ApiGroup.SlotLabel, out var slot) != true) continue;
            slots[int.Parse(slot!, CultureInfo.InvariantCulture)] = worker;
        }
        return slots;
    }

    private async Task CreateAsync(ScanJob job, int slot, CancellationToken cancellation)
    {
        try
        {
            await client.CreateAsync(job.Metadata.NamespaceProperty, WorkerJob.Scan(job, slot, image), cancellation);
        }
        catch (ApiException error) when (error.Status is System.Net.HttpStatusCode.UnprocessableEntity or System.Net.HttpStatusCode.Forbidden)
        {
            throw new BlockedException(
                Reasons.WorkerRefused,
                $"the API server refuses worker {slot}: {error.Message}. Check spec.workers.template and the namespace's quota and policies");
        }
    }

    private async Task DrainAsync(V1Job worker, CancellationToken cancellation)
    {
        if (worker.Metadata.DeletionTimestamp is null) await client.DeleteAsync(ObjectKey.Of(worker), worker.Metadata.Uid, "Foreground", cancellation);
    }

    private string LastWordsOf(V1Job worker)
    {
        var why = worker.Status.Conditions.First(condition => condition.Type == "Failed" && condition.Status == "True");
        var last = pods.OwnedBy(worker.Metadata.Uid)
            .OrderByDescending(pod => pod.Metadata.CreationTimestamp)
            .Select(pod => pod.Status?.ContainerStatuses?.FirstOrDefault()?.State?.Terminated)
            .FirstOrDefault(terminated => terminated is not null);
        var said = last is null ? "" : $"; its last pod exited with {last.ExitCode}: {(string.IsNullOrWhiteSpace(last.Message) ? last.Reason : last.Message.Trim())}";
        return $"worker Job {worker.Metadata.Name} failed ({why.Reason}: {why.Message}){said}";
    }

    private static bool IsReady(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && pod.Status?.Conditions?.Any(condition => condition.Type == "Ready" && condition.Status == "True") == true;
}
