using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Api.Records;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Kafka;

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>A job's topics on a real broker, dealt by hand as the operator would, and whatever workers a test starts on them.</summary>
internal sealed class ShardScenario(KafkaServer kafka, int partitions)
{
    private static int _count;

    private readonly string _name = $"s{Interlocked.Increment(ref _count)}-{Guid.NewGuid():N}"[..12];

    internal string Source => _name + "-media";

    internal string Results => _name + "-verdicts";

    internal string DeadLetters => Results + "-dlq";

    internal InternalTopics Topics => new(Configuration.Namespace, Configuration.Name, Configuration.Uid);

    internal ScanConfiguration Configuration => new()
    {
        Namespace = "moderation",
        Name = _name,
        Uid = _name.Replace("-", "", StringComparison.Ordinal) + "00000000",
        Spec = new ScanJobSpec
        {
            Source = new SourceSpec { Kafka = new KafkaSourceSpec { BootstrapServers = kafka.BootstrapServers, Topics = [Source] } },
            Results = new ResultsSpec { Kafka = new KafkaResultsSpec { Topic = Results } },
            Workers = new WorkersSpec { DrainTimeout = TimeSpan.FromSeconds(10) },
        },
        Detectors = [],
    };

    internal async Task CreateAsync(Dictionary<string, string>? sourceSettings = null, Dictionary<string, string>? resultSettings = null)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = Source, NumPartitions = 1, ReplicationFactor = 1, Configs = sourceSettings },
            new TopicSpecification { Name = Results, NumPartitions = 2, ReplicationFactor = 1 },
            new TopicSpecification { Name = DeadLetters, NumPartitions = 1, ReplicationFactor = 1, Configs = resultSettings },
            new TopicSpecification { Name = Topics.Shards, NumPartitions = partitions, ReplicationFactor = 1 },
            new TopicSpecification { Name = Topics.Progress, NumPartitions = partitions, ReplicationFactor = 1, Configs = new() { ["cleanup.policy"] = "compact" } },
        ]);
    }

    /// <summary>References to nowhere: what counts here is records.</summary>
    internal async Task PublishAsync(int items, string? transactionalId = null)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = transactionalId }).Build();
        if (transactionalId is not null) producer.InitTransactions(TimeSpan.FromSeconds(30));
        foreach (var chunk in Enumerable.Range(0, items).Chunk(10))
        {
            if (transactionalId is not null) producer.BeginTransaction();
            foreach (var i in chunk) producer.Produce(Source, Record($"item-{i}"));
            if (transactionalId is not null) producer.CommitTransaction();
        }
        await Task.Run(() => producer.Flush(TestContext.Current.CancellationToken));
    }

    internal static Message<byte[], byte[]> Record(string id) => new()
    {
        Key = Encoding.UTF8.GetBytes(id),
        Value = JsonSerializer.SerializeToUtf8Bytes(new { id, uri = "file:///nowhere/" + id }),
    };

    /// <summary>The end of the source as readers of committed records see it.</summary>
    internal async Task<long> EndAsync()
    {
        using var admin = Admin();
        var answer = await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(Source, 0), OffsetSpec = OffsetSpec.Latest() }],
            new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        return answer.ResultInfos[0].TopicPartitionOffsetError.Offset.Value;
    }

    /// <summary>Cuts [from, to) into shards and deals them in turn.</summary>
    internal async Task<int> DealAsync(long from, long to, int size, int firstIndex = 0)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var index = firstIndex;
        for (var start = from; start < to; start += size, index++)
        {
            var shard = new ShardRecord(index, Source, 0, start, Math.Min(start + size, to));
            await producer.ProduceAsync(
                new TopicPartition(Topics.Shards, index % partitions),
                new Message<string, byte[]> { Key = shard.Key, Value = JsonSerializer.SerializeToUtf8Bytes(shard, ApiJson.Options) });
        }
        return index - firstIndex;
    }

    /// <summary>What an earlier worker would have left.</summary>
    internal async Task LeaveAsync(int partition, ProgressRecord progress)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync(
            new TopicPartition(Topics.Progress, partition),
            new Message<string, byte[]> { Key = ShardRecord.KeyOf(progress.Index), Value = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Options) });
    }

    internal RunningWorker Start(int slot, SubmitItem submit, Func<ShardWorkerOptions, ShardWorkerOptions>? with = null)
    {
        var options = new ShardWorkerOptions
        {
            Slot = slot,
            Kafka = KafkaClientSettings.Of(Configuration.Spec.Source.Kafka, null),
            CommitInterval = TimeSpan.FromMilliseconds(200),
        };
        return new RunningWorker(new ShardWorker(Configuration, with?.Invoke(options) ?? options, submit));
    }

    /// <summary>Waits until so many shards are done, and gives each shard's latest progress.</summary>
    internal async Task<IReadOnlyDictionary<int, ProgressRecord>> ProgressAsync(int done)
    {
        var latest = new Dictionary<int, ProgressRecord>();
        await Task.Run(() =>
        {
            using var consumer = Consumer();
            consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(Topics.Progress, partition, Offset.Beginning)));
            while (latest.Values.Count(progress => progress.Done) < done)
            {
                var record = consumer.Consume(TestContext.Current.CancellationToken);
                if (record.IsPartitionEOF) continue;
                var progress = JsonSerializer.Deserialize<ProgressRecord>(record.Message.Value, ApiJson.Options)!;
                latest[progress.Index] = progress;
            }
        });
        return latest;
    }

    /// <summary>All committed records of a topic.</summary>
    internal async Task<List<Message<byte[], byte[]>>> ReadAsync(string topic, int topicPartitions)
    {
        var read = new List<Message<byte[], byte[]>>();
        await Task.Run(() =>
        {
            using var consumer = Consumer();
            consumer.Assign(Enumerable.Range(0, topicPartitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
            for (var open = topicPartitions; open > 0;)
            {
                var record = consumer.Consume(TestContext.Current.CancellationToken);
                if (record.IsPartitionEOF) open--;
                else read.Add(record.Message);
            }
        });
        return read;
    }

    internal async Task<List<string>> VerdictIdsAsync() => [.. (await ReadAsync(Results, 2)).Select(message => Encoding.UTF8.GetString(message.Key))];

    internal static VerdictRecord Judge(SourceItem item) => new()
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

    internal IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = kafka.BootstrapServers,
        GroupId = "reader",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadCommitted,
    }).Build();
}
