using System.Globalization;
using System.Text.Json.Nodes;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Runtime;
using k8s.Models;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// Keeps as many worker Jobs as are wanted, one for each slot. A Job is deleted in the foreground: it keeps its name until its pod has drained, so a slot never has
/// two workers.
/// </summary>
internal sealed class WorkerSlots(
    ResourceClient<V1Job> client, ResourceClient<V1Pod> podClient, Store<V1Job> jobs, Store<V1Pod> pods, string image, TimeProvider clock)
{
    /// <summary>
    /// Workers end by themselves only when their node is drained. One that ends as soon as it has started must not be started again and again.
    /// </summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(30);

    /// <summary>Set by the Job controller; its newer name with a prefix is not known to old ones.</summary>
    private const string JobNameLabel = "job-name";

    /// <summary>Makes what is missing and drains what is too much.</summary>
    /// <param name="job">The job.</param>
    /// <param name="detectors">What the workers run.</param>
    /// <param name="desired">How many workers it is to have.</param>
    /// <param name="busy">Slots with work under way; null: not known.</param>
    /// <param name="slow">What each slow slot does in a second.</param>
    /// <param name="leaving">Uids of workers that were told to go and are still seen without that; kept here from call to call.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="BlockedException">The API server refuses the worker Job.</exception>
    public async Task<SlotCounts> ReconcileAsync(
        ScanJob job,
        IReadOnlyList<ResolvedDetector> detectors,
        int desired,
        IReadOnlySet<int>? busy,
        IReadOnlyDictionary<int, double> slow,
        HashSet<string> leaving,
        CancellationToken cancellation)
    {
        var counts = Observe(job, desired);
        var slots = SlotsOf(job);
        var failed = slots.Values.FirstOrDefault(WorkerJob.IsFailed);
        if (failed is not null) return counts with { Failure = await LastWordsOfAsync(failed, cancellation) };
        var there = slots.Where(slot => slot.Value.Metadata.DeletionTimestamp is null).ToDictionary();
        // Another is not sent in the place of one whose leaving the watch has not shown yet.
        leaving.IntersectWith(there.Values.Select(worker => worker.Metadata.Uid));
        var living = new List<WorkerSlot>();
        foreach (var (slot, worker) in there.Where(slot => !leaving.Contains(slot.Value.Metadata.Uid)))
        {
            // A worker that ended while there was work makes room for the next.
            var ended = WorkerJob.IsComplete(worker) && clock.GetUtcNow() - worker.Metadata.CreationTimestamp >= ShortestLife;
            if (ended) await DrainAsync(worker, cancellation);
            else living.Add(new WorkerSlot(slot, ReadyPodOf(worker) is not null, busy?.Contains(slot) ?? true, SlowRateOf(slot)));
        }
        foreach (var slot in WorkerSlot.ToDrain(living, desired))
        {
            await DrainAsync(there[slot], cancellation);
            leaving.Add(there[slot].Metadata.Uid);
        }
        foreach (var slot in WorkerSlot.ToFill(slots.Keys.ToHashSet(), desired - living.Count, Math.Max(job.Spec.Workers.Max, desired)))
        {
            await CreateAsync(job, detectors, slot, cancellation);
        }
        return counts;

        double? SlowRateOf(int slot) => slow.TryGetValue(slot, out var rate) ? rate : null;
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
        var now = clock.GetUtcNow();
        var workers = jobs.OwnedBy(job.Metadata.Uid);
        var existing = workers.Where(worker => worker.Metadata.DeletionTimestamp is null).ToList();
        var startUps = existing.Select(ReadyPodOf).OfType<V1Pod>().Select(StartUpOf).ToList();
        var pending = existing
            .Where(worker => ReadyPodOf(worker) is null && !WorkerJob.IsFailed(worker) && !WorkerJob.IsComplete(worker))
            .Select(worker => now - (NewestPodOf(worker)?.Metadata.CreationTimestamp ?? worker.Metadata.CreationTimestamp ?? now.UtcDateTime))
            .ToList();
        return new SlotCounts(desired, existing.Count(worker => !WorkerJob.IsFailed(worker)), startUps.Count, workers.Count - existing.Count)
        {
            ReadySlots = SlotsOf(job)
                .Where(slot => slot.Value.Metadata.DeletionTimestamp is null && ReadyPodOf(slot.Value) is not null)
                .ToDictionary(slot => slot.Key, slot => slot.Value.Metadata.Uid),
            Pending = pending.Count,
            PendingFor = Mean(pending) ?? TimeSpan.Zero,
            StartUp = Mean(startUps),
            Trouble = existing.Select(TroubleOf).FirstOrDefault(trouble => trouble is not null),
        };
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
            if (int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) slots[number] = worker;
        }
        return slots;
    }

    private async Task CreateAsync(ScanJob job, IReadOnlyList<ResolvedDetector> detectors, int slot, CancellationToken cancellation)
    {
        try
        {
            if (await client.CreateAsync(job.Metadata.NamespaceProperty, WorkerJob.Scan(job, detectors, slot, image), cancellation)) return;
        }
        catch (ApiException error) when (error.Status is System.Net.HttpStatusCode.UnprocessableEntity or System.Net.HttpStatusCode.Forbidden)
        {
            throw new BlockedException(
                Reasons.WorkerRefused,
                $"the API server refuses worker {slot}: {error.Message}. Check spec.workers.template and the namespace's quota and policies");
        }
        // There already: ours, which the watch has not shown yet; that of an earlier job of this name, on its way out; or somebody else's.
        var name = Names.Worker(job.Metadata.Name, slot);
        var there = await client.GetAsync(new ObjectKey(job.Metadata.NamespaceProperty, name), cancellation);
        var owners = there?.Metadata.OwnerReferences ?? [];
        if (there is null || there.Metadata.DeletionTimestamp is not null || owners.Any(owner => owner.Uid == job.Metadata.Uid)) return;
        if (owners.Any(owner => owner.Kind == ScanJob.KindName && owner.Name == job.Metadata.Name)) return;
        throw new BlockedException(
            Reasons.WorkerRefused, $"a Job '{name}' is there already and is not this ScanJob's. Delete it, or give the ScanJob another name");
    }

    private async Task DrainAsync(V1Job worker, CancellationToken cancellation)
    {
        if (worker.Metadata.DeletionTimestamp is null) await client.DeleteAsync(ObjectKey.Of(worker), worker.Metadata.Uid, "Foreground", cancellation);
    }

    private string? TroubleOf(V1Job worker)
    {
        var newest = NewestPodOf(worker);
        return PodTrouble.Of(newest) is { } trouble ? $"pod {newest!.Metadata.Name} {trouble.Message}" : null;
    }

    /// <summary>Asks the API server itself: the watch of Jobs may be ahead of that of pods, and these words are written once.</summary>
    private async Task<string> LastWordsOfAsync(V1Job worker, CancellationToken cancellation)
    {
        var why = worker.Status.Conditions.First(condition => condition.Type == "Failed" && condition.Status == "True");
        var page = await podClient.ListPageAsync($"labelSelector={Uri.EscapeDataString($"{JobNameLabel}={worker.Metadata.Name}")}", cancellation);
        var last = (page["items"]?.AsArray() ?? [])
            .Select(item => ResourceClient<V1Pod>.Decode(item!))
            .Where(pod => pod.Metadata.OwnerReferences?.Any(owner => owner.Uid == worker.Metadata.Uid) == true)
            .OrderByDescending(pod => PodTrouble.WorkerOf(pod)?.State?.Terminated?.FinishedAt ?? pod.Metadata.CreationTimestamp)
            .Select(PodTrouble.LastWordsOf)
            .FirstOrDefault(words => words is not null);
        var said = last is null ? "" : $"; its last pod {last}";
        return $"worker Job {worker.Metadata.Name} failed ({why.Reason}: {why.Message}){said}";
    }

    private V1Pod? NewestPodOf(V1Job worker) => pods.OwnedBy(worker.Metadata.Uid).MaxBy(pod => pod.Metadata.CreationTimestamp);

    private V1Pod? ReadyPodOf(V1Job worker) =>
        pods.OwnedBy(worker.Metadata.Uid).FirstOrDefault(pod => pod.Metadata.DeletionTimestamp is null && ReadyOf(pod) is { Status: "True" });

    /// <summary>From the pod's making, not its Job's: what Kueue made the Job wait is not the worker's.</summary>
    private static TimeSpan StartUpOf(V1Pod ready) =>
        ReadyOf(ready)!.LastTransitionTime is { } at && ready.Metadata.CreationTimestamp is { } made && at > made ? at - made : TimeSpan.Zero;

    private static V1PodCondition? ReadyOf(V1Pod pod) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");

    private static TimeSpan? Mean(List<TimeSpan> times) => times.Count == 0 ? null : new TimeSpan((long)times.Average(time => time.Ticks));
}
