using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>The operator as it is shipped, in a process of its own that can be killed.</summary>
internal sealed class OperatorProcess(ServerProcess process) : IAsyncDisposable
{
    public int Id => process.Id;

    public string LogTail => process.LogTail();

    public bool HasExited => process.HasExited;

    public static async Task<OperatorProcess> StartAsync(string kubeconfig, string @namespace)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "DeepfakeOperator.Operator.dll"),
            "--worker-image", "worker:test", "--watch-namespace", @namespace, "--leader-elect", "false", "--port", $"{FreePort.Take(1)[0]}",
        ];
        // A short life is not worth optimising for.
        var environment = new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig, ["DOTNET_TieredPGO"] = "0" };
        return new OperatorProcess(await ServerProcess.StartAsync(
            "operator", Path.Combine(AppContext.BaseDirectory, $"operator-{@namespace}.log"), "dotnet", arguments, environment,
                TestCluster.Cancellation));
    }

    /// <summary>Waits until it is dead or something else is true.</summary>
    public Task UntilDeadOrAsync(Func<Task<bool>> other) =>
        Eventually.TrueAsync(async () => HasExited || await other(), () => "the operator is dead or done", TimeSpan.FromSeconds(90));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await process.KillAsync();
        await process.DisposeAsync();
    }
}
