using DeepfakeOperator.Api.Internal;
using DeepfakeOperator.Api.ScanJobs;
using DeepfakeOperator.DevCluster.Processes;
using DeepfakeOperator.Operator.Kafka;
using DeepfakeOperator.Operator.ScanJobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DeepfakeOperator.Operator.Tests.ScanJobs;

public sealed class KafkaConnectionTests
{
    [Fact]
    public async Task A_cluster_that_is_down_is_down_until_it_answers_however_often_it_is_asked()
    {
        var clock = new FakeTimeProvider();
        var source = new KafkaSourceSpec { BootstrapServers = $"127.0.0.1:{FreePort.Take(1)[0]}", Topics = ["media"] };
        await using var connection = new KafkaConnection(KafkaClientSettings.Of(source, null), clock, NullLogger.Instance);
        Task<bool> Ask()
        {
            var asked = connection.CheckAsync(TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(5));
            return asked;
        }

        BlockedException? down = null;
        while (down is null)
        {
            try
            {
                Assert.False(await Ask());
            }
            catch (BlockedException error)
            {
                down = error;
            }
        }
        Assert.Equal(Reasons.KafkaUnreachable, down.Reason);
        // What was found is old by now, and the next probe is under way: no news is no good news.
        for (var again = 0; again < 3; again++) Assert.Equal(down.Reason, (await Assert.ThrowsAsync<BlockedException>(Ask)).Reason);
    }
}
