using Confluent.Kafka;
using DeepfakeOperator.Api;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.OperatorTrials.Cluster;

namespace DeepfakeOperator.OperatorTrials.Chaos;

/// <summary>One small job, and the operator's death at one moment of its life. A scripted worker works while the job has a pod.</summary>
internal sealed class ChaosRound(TrialCluster cluster, string name, Moment moment, Random random) : IAsyncDisposable
{
    public const string Topic = "media";
    public const int Partitions = 3;
    public const int PerPartition = 40;

    private const int Items = Partitions * PerPartition;

    /// <summary>Longer than any step of the operator takes here.</summary>
    private const int LongestDelay = 1500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan PerShard = TimeSpan.FromMilliseconds(100);

    private ScanJobSpec _spec = SampleSpecs.ScanJob(cluster.Bootstrap, Topic) with { Workers = new WorkersSpec { Max = 2 } };
    private ScriptedWorker? _worker;
    private InternalTopics? _topics;

    /// <summary>Brings the job to the moment, and leaves it there for a random time.</summary>
    public async Task<TimeSpan> BeginAsync(CancellationToken cancellation)
    {
        await ApplyAsync(_spec, cancellation);
        switch (moment)
        {
            case Moment.Plan:
                break;
            case Moment.Complete:
                await UntilProcessedAsync(Items * 8 / 10, cancellation);
                break;
            default:
                await UntilProcessedAsync(random.Next(1, Items / 2), cancellation);
                await ChangeAsync(cancellation);
                break;
        }
        var delay = TimeSpan.FromMilliseconds(random.Next(LongestDelay));
        await Task.Delay(delay, cancellation);
        return delay;
    }

    /// <summary>With the next operator: the job's end, and what its shards and counts amount to.</summary>
    public async Task<Account> EndAsync(CancellationToken cancellation)
    {
        if (moment == Moment.Delete)
        {
            await UntilAsync(job => job is null, "the deleted job is gone", cancellation);
            return default;
        }
        if (moment == Moment.Suspend)
        {
            await UntilSuspendedAsync(cancellation);
            await ApplyAsync(_spec with { Suspend = false }, cancellation);
        }
        ScanJob? finished = null;
        await UntilAsync(
            job => (finished = job)?.Status is { Phase: ScanJobPhase.Succeeded, Replicas: 0, Workers: { Ready: 0, Draining: 0 } },
            "the job has succeeded and its workers are gone",
            cancellation);
        var shards = cluster.Kafka.DealtShards(_topics!, cancellation).Select(dealt => dealt.Shard);
        return Account.Of(Partitions, PerPartition, shards, finished!.Status!.Items);
    }

    public async ValueTask DisposeAsync() => await StopWorkerAsync();

    private async Task ChangeAsync(CancellationToken cancellation)
    {
        switch (moment)
        {
            case Moment.Suspend:
                await ApplyAsync(_spec with { Suspend = true }, cancellation);
                break;
            case Moment.Resume:
                await ApplyAsync(_spec with { Suspend = true }, cancellation);
                await UntilSuspendedAsync(cancellation);
                await ApplyAsync(_spec with { Suspend = false }, cancellation);
                break;
            case Moment.Grow:
                await ApplyAsync(_spec with { Workers = new WorkersSpec { Max = 4 } }, cancellation);
                break;
            case Moment.Shrink:
                await ApplyAsync(_spec with { Workers = new WorkersSpec { Max = 1 } }, cancellation);
                break;
            case Moment.Delete:
                await cluster.DeleteScanJobAsync(name, cancellation);
                break;
        }
    }

    private Task UntilProcessedAsync(int items, CancellationToken cancellation) =>
        UntilAsync(job => job?.Status?.Items.Processed >= items, $"{items} items are processed", cancellation);

    private Task UntilSuspendedAsync(CancellationToken cancellation) => UntilAsync(
        job => job?.Status is { Phase: ScanJobPhase.Suspended or ScanJobPhase.Succeeded, Workers: { Ready: 0, Draining: 0 } },
        "the job is suspended and its workers are gone",
        cancellation);

    private async Task UntilAsync(Func<ScanJob?, bool> condition, string what, CancellationToken cancellation)
    {
        ScanJob? job = null;
        await TrialCluster.UntilAsync(
            async () =>
            {
                await AttendAsync(cancellation);
                return condition(job = await cluster.ScanJobAsync(name, cancellation));
            },
            () => $"{what}; {name} is {job?.Status?.Phase} with {job?.Status?.Items.Processed} of {Items} items: "
                + string.Join("; ", job?.Status?.Conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? []),
            Patience,
            cancellation);
    }

    /// <summary>No pod, no worker: an operator that forgets to start or to end its Jobs is found out.</summary>
    private async Task AttendAsync(CancellationToken cancellation)
    {
        if (_worker is { HasFailed: true }) await StopWorkerAsync();
        var hasPod = (await cluster.NamesAsync("pods", $"{ApiGroup.ScanJobLabel}={name}", cancellation)).Count > 0;
        if (hasPod && _worker is null) _worker = new ScriptedWorker(cluster.Bootstrap, _topics!, perShard: PerShard);
        if (!hasPod) await StopWorkerAsync();
    }

    private async Task StopWorkerAsync()
    {
        try
        {
            if (_worker is not null) await _worker.DisposeAsync();
        }
        catch (KafkaException)
        {
            // Its topics went before it did, or the group moved on: a worker may die of that, and its pod's next one goes on.
        }
        _worker = null;
    }

    private async Task ApplyAsync(ScanJobSpec spec, CancellationToken cancellation)
    {
        _spec = spec;
        var job = await cluster.ApplyScanJobAsync(name, spec, cancellation);
        _topics ??= new InternalTopics(TrialCluster.Namespace, name, job.Metadata.Uid);
    }
}
