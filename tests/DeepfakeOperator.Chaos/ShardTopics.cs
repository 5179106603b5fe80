using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.Scanning;

namespace DeepfakeOperator.Chaos;

/// <summary>A job's topics on a real broker, filled and dealt as the operator would, and read back as anybody would.</summary>
/// <param name="bootstrapServers">The broker.</param>
/// <param name="name">The job's name, also the beginning of its topics' names.</param>
/// <param name="partitions">Partitions of the shards topic.</param>
/// <param name="sourcePartitions">Partitions of the source topic.</param>
public sealed class ShardTopics(string bootstrapServers, string name, int partitions, int sourcePartitions = 1)
{
    private const int ResultPartitions = 2;

    public string Source => name + "-media";

    public string Results => name + "-verdicts";

    public string DeadLetters => Results + "-dlq";

    public InternalTopics Topics => new(Configuration.Namespace, Configuration.Name, Configuration.Uid);

    public ScanConfiguration Configuration => new()
    {
        Namespace = "moderation",
        Name = name,
        Uid = name,
        Spec = new ScanJobSpec
        {
            Source = new SourceSpec { Kafka = new KafkaSourceSpec { BootstrapServers = bootstrapServers, Topics = [Source] } },
            Results = new ResultsSpec { Kafka = new KafkaResultsSpec { Topic = Results } },
            Workers = new WorkersSpec { DrainTimeout = TimeSpan.FromSeconds(10) },
        },
        Detectors = [],
    };

    /// <summary>A worker's options on this broker.</summary>
    public ShardWorkerOptions WorkerOptions(int slot) => new() { Slot = slot, Kafka = KafkaClientSettings.Of(Configuration.Spec.Source.Kafka, null) };

    public async Task CreateAsync(Dictionary<string, string>? deadLetterSettings = null)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = Source, NumPartitions = sourcePartitions, ReplicationFactor = 1 },
            new TopicSpecification { Name = Results, NumPartitions = ResultPartitions, ReplicationFactor = 1 },
            new TopicSpecification { Name = DeadLetters, NumPartitions = 1, ReplicationFactor = 1, Configs = deadLetterSettings },
            new TopicSpecification { Name = Topics.Shards, NumPartitions = partitions, ReplicationFactor = 1 },
            new TopicSpecification { Name = Topics.Progress, NumPartitions = partitions, ReplicationFactor = 1, Configs = new() { ["cleanup.policy"] = "compact" } },
        ]);
    }

    /// <summary>References to nowhere, item-0 and on, in turn over the partitions; in transactions of ten where there is an id.</summary>
    public async Task PublishAsync(int items, CancellationToken cancellationToken, string? transactionalId = null)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = bootstrapServers, TransactionalId = transactionalId, QueueBufferingMaxMessages = 1_000_000 }).Build();
        if (transactionalId is not null) producer.InitTransactions(TimeSpan.FromSeconds(30));
        foreach (var chunk in Enumerable.Range(0, items).Chunk(10))
        {
            if (transactionalId is not null) producer.BeginTransaction();
            foreach (var i in chunk) producer.Produce(new TopicPartition(Source, i % sourcePartitions), Record(ItemId(i)));
            if (transactionalId is not null) producer.CommitTransaction();
        }
        await Task.Run(() => producer.Flush(cancellationToken), cancellationToken);
    }

    public static string ItemId(int number) => "item-" + number.ToString(CultureInfo.InvariantCulture);

    public static Message<byte[], byte[]> Record(string id) => new()
    {
        Key = Encoding.UTF8.GetBytes(id),
        Value = JsonSerializer.SerializeToUtf8Bytes(new { id, uri = "file:///nowhere/" + id }),
    };

    /// <summary>The end of a source partition as readers of committed records see it.</summary>
    public async Task<long> EndAsync(int partition)
    {
        using var admin = Admin();
        var answer = await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(Source, partition), OffsetSpec = OffsetSpec.Latest() }],
            new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        return answer.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }

    /// <summary>Cuts every source partition into shards and deals them in turn; gives their number.</summary>
    public async Task<int> DealAsync(int size, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        var ends = await Task.WhenAll(Enumerable.Range(0, sourcePartitions).Select(EndAsync));
        var index = 0;
        for (long start = 0; start < ends.Max(); start += size)
        {
            for (var partition = 0; partition < sourcePartitions; partition++)
            {
                if (start >= ends[partition]) continue;
                var shard = new ShardRecord(index, Source, partition, start, Math.Min(start + size, ends[partition]));
                await ProduceShardAsync(producer, shard, index % partitions, cancellationToken);
                index++;
            }
        }
        return index;
    }

    /// <summary>Deals one shard.</summary>
    public async Task DealAsync(ShardRecord shard, int partition, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        await ProduceShardAsync(producer, shard, partition, cancellationToken);
    }

    /// <summary>The same job with more partitions in its internal topics, progress first, as the operator grows them.</summary>
    public async Task<ShardTopics> GrowAsync(int wanted)
    {
        using var admin = Admin();
        foreach (var topic in (string[])[Topics.Progress, Topics.Shards])
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = wanted }]);
        return new ShardTopics(bootstrapServers, name, wanted, sourcePartitions);
    }

    /// <summary>What an earlier worker would have left of a shard.</summary>
    public async Task LeaveAsync(ProgressRecord progress, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        await producer.ProduceAsync(
            new TopicPartition(Topics.Progress, progress.Index % partitions),
            new Message<string, byte[]> { Key = ShardRecord.KeyOf(progress.Index), Value = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Options) },
            cancellationToken);
    }

    /// <summary>Follows the progress topic until so many shards are done; gives each shard's latest record.</summary>
    public async Task<IReadOnlyDictionary<int, ProgressRecord>> FollowAsync(int done, Action<IReadOnlyCollection<ProgressRecord>>? seen, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<int, ProgressRecord>();
        await Task.Run(
            () =>
            {
                using var consumer = Consumer();
                consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(Topics.Progress, partition, Offset.Beginning)));
                while (latest.Values.Count(progress => progress.Done) < done)
                {
                    var record = consumer.Consume(cancellationToken);
                    if (record.IsPartitionEOF) continue;
                    var progress = JsonSerializer.Deserialize<ProgressRecord>(record.Message.Value, ApiJson.Options)!;
                    latest[progress.Index] = progress;
                    seen?.Invoke(latest.Values);
                }
            },
            cancellationToken);
        return latest;
    }

    /// <summary>All committed verdicts.</summary>
    public Task<List<Message<byte[], byte[]>>> ReadResultsAsync(CancellationToken cancellationToken) => ReadAsync(Results, ResultPartitions, cancellationToken);

    /// <summary>All committed dead letters.</summary>
    public Task<List<Message<byte[], byte[]>>> ReadDeadLettersAsync(CancellationToken cancellationToken) => ReadAsync(DeadLetters, 1, cancellationToken);

    /// <summary>The verdict that scripted workers give: even offsets are fake.</summary>
    public static VerdictRecord Judge(SourceItem item) => new()
    {
        Id = item.Id,
        Source = item.Position,
        ScanJob = "moderation/scan",
        Modality = "image",
        Verdict = item.Position.Offset % 2 == 0 ? Verdict.Fake : Verdict.Real,
        Score = 0.5,
        Media = new MediaInfo { Sha256 = "", ContentType = "image/png", Bytes = 1 },
        Timings = default,
    };

    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();

    private async Task<List<Message<byte[], byte[]>>> ReadAsync(string topic, int topicPartitions, CancellationToken cancellationToken)
    {
        var read = new List<Message<byte[], byte[]>>();
        await Task.Run(
            () =>
            {
                using var consumer = Consumer();
                consumer.Assign(Enumerable.Range(0, topicPartitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
                for (var open = topicPartitions; open > 0;)
                {
                    var record = consumer.Consume(cancellationToken);
                    if (record.IsPartitionEOF) open--;
                    else read.Add(record.Message);
                }
            },
            cancellationToken);
        return read;
    }

    private Task<DeliveryResult<string, byte[]>> ProduceShardAsync(
        IProducer<string, byte[]> producer, ShardRecord shard, int partition, CancellationToken cancellationToken) => producer.ProduceAsync(
        new TopicPartition(Topics.Shards, partition),
        new Message<string, byte[]> { Key = shard.Key, Value = JsonSerializer.SerializeToUtf8Bytes(shard, ApiJson.Options) },
        cancellationToken);

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "reader",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadCommitted,
    }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
}
