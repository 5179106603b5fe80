using System.Text.Json;
using Confluent.Kafka;
using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.Json;
using DeepfakeOperator.Operator.ScanJobs;

namespace DeepfakeOperator.Operator.Kafka;

/// <summary>
/// The transactional writer of one job's plan and shards. Opening it fences every earlier one, and waits until what that one had under way is decided; so what is
/// read after opening is all there is.
/// </summary>
internal sealed class DealerProducer : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly KafkaConnection _connection;
    private readonly IProducer<string, byte[]> _producer;
    private readonly InternalTopics _topics;
    private readonly BlockingCalls _calls;

    private DealerProducer(KafkaConnection connection, IProducer<string, byte[]> producer, InternalTopics topics, BlockingCalls calls)
    {
        _connection = connection;
        _producer = producer;
        _topics = topics;
        _calls = calls;
    }

    public static async Task<DealerProducer> OpenAsync(
        KafkaConnection connection, BlockingCalls calls, InternalTopics topics, CancellationToken cancellation)
    {
        var configuration = new ProducerConfig
        {
            ClientId = "deepfake-operator-dealer",
            TransactionalId = topics.DealerTransactionalId,
            TransactionTimeoutMs = 15_000,
            // The client refuses a longer one than the transaction's, and a job's own properties may ask for it.
            SocketTimeoutMs = 10_000,
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 0,
        };
        var producer = KafkaConnection.Build(connection.Settings, () => new ProducerBuilder<string, byte[]>(connection.Settings.With(configuration))
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build());
        try
        {
            await connection.CallAsync("opening the dealer", () => calls.RunAsync(() => producer.InitTransactions(Timeout), cancellation));
            return new DealerProducer(connection, producer, topics, calls);
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    public Task WritePlanAsync(PlanRecord plan, CancellationToken cancellation) => WriteAsync(
        [(new TopicPartition(_topics.Progress, 0), PlanRecord.Key, JsonSerializer.SerializeToUtf8Bytes(plan, ApiJson.Options))], cancellation);

    /// <summary>All of them or none.</summary>
    public Task DealAsync(ScanPlan plan, IReadOnlyList<DealtShard> deals, CancellationToken cancellation) => WriteAsync(
        deals.Select(deal => (
            new TopicPartition(_topics.Shards, deal.Partition), ShardRecord.KeyOf(deal.Index), JsonSerializer.SerializeToUtf8Bytes(plan[deal.Index], ApiJson.Options))),
        cancellation);

    public void Dispose() => _producer.Dispose();

    /// <summary>One transaction. After an error nobody knows whether it is in: throw this producer away, open another, and read.</summary>
    private Task WriteAsync(IEnumerable<(TopicPartition Partition, string Key, byte[] Value)> records, CancellationToken cancellation) =>
        _connection.CallAsync("dealing shards", () => _calls.RunAsync(
            () =>
            {
                _producer.BeginTransaction();
                foreach (var (partition, key, value) in records) _producer.Produce(partition, new Message<string, byte[]> { Key = key, Value = value });
                _producer.CommitTransaction(Timeout);
            },
            cancellation));
}
