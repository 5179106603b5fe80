using System.Collections.Concurrent;
using System.Text.Json;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Operator.Kafka;

namespace DeepfakeOperator.Operator.ScanJobs;

/// <summary>
/// What the operator remembers of one live ScanJob between reconciles. All of it can be had again from Kafka and the API server: a session that is thrown away
/// costs a read. Used by one reconcile at a time; only progress arrives on another thread.
/// </summary>
internal sealed class ScanSession(ScanJob job, KafkaConnections connections, DealerPool dealers, BlockingCalls calls, Action progressed, TimeProvider clock, ILogger log)
    : IProgressSink, IAsyncDisposable
{
    /// <summary>The shards topic never has more partitions than this, whatever <c>workers.max</c> says.</summary>
    private const int MostPartitions = 256;

    private readonly ConcurrentDictionary<int, bool> _caughtUp = new();
    private KafkaConnection? _connection;
    private volatile ProgressFold? _fold;
    private bool _announced;
    private bool _attached;
    private int _partitions;
    private bool _cannotGrow;

    public string Uid { get; } = job.Metadata.Uid;

    public InternalTopics Topics { get; } = new(job.Metadata.NamespaceProperty, job.Metadata.Name, job.Metadata.Uid);

    /// <summary>What was last written, which the watch may not have brought back yet.</summary>
    public ScanJobStatus? LastStatus { get; set; }

    public DateTimeOffset LastStatusAt { get; set; }

    /// <summary>The worker configuration that the API server has.</summary>
    public string? LastConfiguration { get; set; }

    /// <summary>The detectors that the workers were told of.</summary>
    public IReadOnlyList<ResolvedDetector>? Detectors { get; set; }

    public WorkerScaler Scaler { get; } = new();

    /// <summary>Workers that were told to go, which the watch may not have shown yet.</summary>
    public HashSet<string> Leaving { get; } = [];

    public PlanRecord? Record { get; private set; }

    public ScanPlan? Plan { get; private set; }

    /// <summary>How far the job is; null until everything earlier has been read, so that counts never go back after a restart.</summary>
    public Progress? Progress => _fold is not null && _caughtUp.Count >= _partitions ? _fold.Snapshot() : null;

    /// <summary>True: the cluster answers. False: not known yet.</summary>
    /// <exception cref="BlockedException">It does not answer, or a setting is wrong.</exception>
    public async Task<bool> ConnectAsync(KafkaClientSettings settings, CancellationToken cancellation)
    {
        if (_connection?.Settings.Fingerprint != settings.Fingerprint)
        {
            await DisconnectAsync();
            _connection = connections.Acquire(settings);
        }
        if (!await _connection!.CheckAsync(cancellation)) return false;
        Attach();
        return true;
    }

    /// <summary>True once, before the first plan is made.</summary>
    public bool AnnouncesPlanning(ScanJobStatus? status)
    {
        var isNew = !Conditions.IsTrue(status?.Conditions, ConditionTypes.Planned) && status?.Phase != ScanJobPhase.Planning;
        var announce = isNew && !_announced && Plan is null;
        _announced = true;
        return announce;
    }

    /// <summary>Finds the plan that was frozen earlier, or freezes one. Before this nothing was dealt; after it the plan never changes.</summary>
    public async Task PlanAsync(ScanJob current, CancellationToken cancellation)
    {
        if (Plan is not null) return;
        var connection = _connection!;
        var source = current.Spec.Source.Kafka;
        var (shards, progress) = (await connection.PartitionsOfAsync(Topics.Shards), await connection.PartitionsOfAsync(Topics.Progress));
        // Asked first, so that a missing source topic is found before anything is made.
        if (shards is null || progress is null) await SourceOffsets.FreezeAsync(connection, source);
        var wanted = PartitionsFor(current);
        shards ??= await connection.EnsureAsync(Topics.Shards, wanted, null, cancellation);
        progress ??= await connection.EnsureAsync(Topics.Progress, wanted, ProgressTopicSettings, cancellation);
        // They differ only where a broker makes topics in its own way; then the surplus stays unused.
        _partitions = Math.Min(shards.Value, progress.Value);
        foreach (var topic in ResultTopics(current)) await EnsureResultTopicAsync(connection, topic, cancellation);

        var left = await DealLog.ReadAsync(connection, calls, Topics, _partitions, cancellation);
        if (left.Plan is null)
        {
            await dealers.UseAsync(
                connection,
                Topics,
                async (dealer, _) =>
                {
                    // Read again: the log is complete only now that every earlier dealer is fenced.
                    left = await DealLog.ReadAsync(connection, calls, Topics, _partitions, cancellation);
                    if (left.Plan is not null) return;
                    var ranges = await SourceOffsets.FreezeAsync(connection, source);
                    var record = new PlanRecord { Ranges = ranges, ShardItems = current.Spec.Shard.Items, At = clock.GetUtcNow() };
                    await dealer.WritePlanAsync(record, cancellation);
                    left = left with { Plan = record };
                },
                cancellation);
        }
        Adopt(left);
    }

    /// <summary>
    /// Gives the internal topics as many partitions as there may be workers, where they have fewer: a worker without one would idle.
    /// They never get fewer.
    /// </summary>
    public async Task GrowAsync(ScanJob current, CancellationToken cancellation)
    {
        var wanted = PartitionsFor(current);
        if (_cannotGrow || _partitions >= wanted) return;
        // Progress first: a worker that is given a new shards partition looks for its progress at once.
        var connection = _connection!;
        var grown = await connection.GrowAsync(Topics.Progress, wanted, log, cancellation)
            && await connection.GrowAsync(Topics.Shards, wanted, log, cancellation);
        if (!grown)
        {
            _cannotGrow = true;
            return;
        }
        // It knows the topic as it was.
        await dealers.CloseAsync(Topics);
        var before = _partitions;
        _fold!.Grow(wanted);
        _partitions = wanted;
        if (_attached) connection.Reader.Attach(Topics.Progress, before, wanted, this);
    }

    /// <summary>Writes the shards that are due to the shards topic.</summary>
    public async Task DealAsync(CancellationToken cancellation)
    {
        if (Progress is not { } progress) return;
        if (progress.Dealt == Plan!.Shards)
        {
            await dealers.CloseAsync(Topics);
            return;
        }
        var deals = ShardDealer.Deal(Plan, progress.Dealt, progress.Loads);
        if (deals.Count == 0) return;
        await dealers.UseAsync(
            _connection!,
            Topics,
            async (dealer, fresh) =>
            {
                if (fresh)
                {
                    foreach (var earlier in (await DealLog.ReadAsync(_connection!, calls, Topics, _partitions, cancellation)).Dealt) _fold!.Deal(earlier);
                    var now = _fold!.Snapshot();
                    deals = ShardDealer.Deal(Plan, now.Dealt, now.Loads);
                }
                if (deals.Count == 0) return;
                await dealer.DealAsync(Plan, deals, cancellation);
                foreach (var deal in deals) _fold!.Deal(deal);
            },
            cancellation);
    }

    /// <summary>Removes what the job owns in Kafka. May be repeated.</summary>
    public async Task CleanUpAsync(bool retainTopics)
    {
        await dealers.CloseAsync(Topics);
        Detach();
        if (!retainTopics) await _connection!.DeleteAsync([Topics.Shards, Topics.Progress], log);
        await _connection!.DeleteGroupAsync(Topics.Group, log);
    }

    /// <summary>Lets go of the connection and the memory; what was written last is still known.</summary>
    public async Task ReleaseAsync()
    {
        await DisconnectAsync();
        (_fold, Plan, Record) = (null, null, null);
        _caughtUp.Clear();
    }

    void IProgressSink.Take(int partition, string key, byte[] value)
    {
        // Null: released a moment ago, and the reader does not know yet.
        if (_fold is not { } fold || !key.StartsWith("shard-", StringComparison.Ordinal)) return;
        var record = JsonSerializer.Deserialize<ProgressRecord>(value, ApiJson.Options)!;
        if (!fold.Take(record, partition, live: _caughtUp.ContainsKey(partition)))
        {
            log.LogError("{Topic} partition {Partition}: shard {Shard} is none of this plan", Topics.Progress, partition, record.Index);
        }
        progressed();
    }

    void IProgressSink.CaughtUp(int partition)
    {
        if (_caughtUp.TryAdd(partition, true) && _caughtUp.Count >= _partitions) progressed();
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
    }

    /// <summary>Small segments, so that compaction keeps up with records that are replaced every second.</summary>
    private static Dictionary<string, string> ProgressTopicSettings { get; } = new()
    {
        ["cleanup.policy"] = "compact",
        ["segment.bytes"] = $"{16 << 20}",
        ["min.cleanable.dirty.ratio"] = "0.5",
    };

    private static int PartitionsFor(ScanJob job) => Math.Clamp(job.Spec.Workers.Max, 1, MostPartitions);

    private static IEnumerable<string> ResultTopics(ScanJob job)
    {
        var results = job.Spec.Results.Kafka;
        return [results.Topic, results.DeadLetterTopic ?? results.Topic + "-dlq"];
    }

    private static async Task EnsureResultTopicAsync(KafkaConnection connection, string topic, CancellationToken cancellation)
    {
        try
        {
            await connection.EnsureAsync(topic, -1, null, cancellation);
        }
        catch (BlockedException blocked) when (blocked.Reason is Reasons.KafkaFailed or Reasons.KafkaDenied)
        {
            throw new BlockedException(
                Reasons.ResultTopicUnavailable,
                $"results cannot go to topic '{topic}' (spec.results.kafka): {blocked.Message}. "
                + "Create the topic by hand, or correct what is refused; the job goes on by itself then");
        }
    }

    private void Adopt(DealLog log)
    {
        Record = log.Plan!;
        Plan = ScanPlanner.Plan(Record.Ranges, Record.ShardItems);
        _fold = new ProgressFold(Plan, _partitions, clock);
        foreach (var deal in log.Dealt) _fold.Deal(deal);
        Attach();
    }

    private void Attach()
    {
        if (_attached || _fold is null) return;
        _connection!.Reader.Attach(Topics.Progress, 0, _partitions, this);
        _attached = true;
    }

    private void Detach()
    {
        if (_attached) _connection!.Reader.Detach(Topics.Progress, _partitions);
        _attached = false;
    }

    private async Task DisconnectAsync()
    {
        if (_connection is not { } connection) return;
        Detach();
        // Its dealer speaks with the old settings too.
        await dealers.CloseAsync(Topics);
        _connection = null;
        await connections.ReleaseAsync(connection);
    }
}
