using DeepfakeOperator.Chaos;
using DeepfakeOperator.DevCluster;
using DeepfakeOperator.DevCluster.Kafka;
using DeepfakeOperator.Scanning.Tests.Shards;

[assembly: AssemblyFixture(typeof(KafkaFixture))]

namespace DeepfakeOperator.Scanning.Tests.Shards;

/// <summary>One Kafka for the tests of this assembly, started by the first that asks.</summary>
public sealed class KafkaFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private KafkaServer? _kafka;

    /// <summary>A real broker; skips the test where only the mock can be had.</summary>
    internal async Task<KafkaServer> RealAsync()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await _starting.WaitAsync(cancelled);
        try
        {
            _kafka ??= await KafkaServer.StartAsync(ServerEnvironment.Current, cancelled);
        }
        finally
        {
            _starting.Release();
        }
        Assert.SkipUnless(_kafka.SupportsTransactions, "exactly-once needs a real Kafka; this is " + _kafka.Reason);
        return _kafka;
    }

    /// <summary>A job of its own on it.</summary>
    internal async Task<ShardTopics> NewJobAsync(int partitions) =>
        new((await RealAsync()).BootstrapServers, $"s{Guid.NewGuid():N}"[..12], partitions);

    public async ValueTask DisposeAsync()
    {
        if (_kafka is not null) await _kafka.DisposeAsync();
        _starting.Dispose();
    }
}
