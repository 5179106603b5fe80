using DeepfakeOperator.Operator.Runtime;
using k8s;
using Microsoft.Extensions.Logging;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>The operator, whole, in this process, serving one namespace.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly OperatorHost _host;
    private readonly Task _running;

    public RunningOperator(Kubernetes kubernetes, string @namespace, bool leaderElect, ILoggerFactory logs)
    {
        var options = new OperatorOptions
        {
            WorkerImage = "worker:test",
            Namespace = @namespace,
            Identity = $"test-{Guid.NewGuid():n}",
            WatchNamespace = @namespace,
            // As shipped, but no test has half a minute to wait.
            Retries = Backoff.Default with { Longest = TimeSpan.FromSeconds(3) },
            LeaderElect = leaderElect,
        };
        _host = new OperatorHost(kubernetes, options, TimeProvider.System, logs);
        _running = Task.Run(() => _host.RunAsync(_stop.Token));
    }

    public Task SyncedAsync() => Eventually.TrueAsync(() => _host.IsSynced, "the caches are full");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _host.DisposeAsync();
        _stop.Dispose();
    }
}
