using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.OperatorTrials.Cluster;

/// <summary>The operator as it is shipped, in a process of its own that can be killed.</summary>
internal sealed class OperatorProcess(ServerProcess process, int port) : IAsyncDisposable
{
    public int Id => process.Id;

    /// <summary>Its metrics and its health.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{port}/");

    public string LogTail => process.LogTail();

    public bool HasExited => process.HasExited;

    public static OperatorProcess Start(string kubeconfig, string @namespace)
    {
        var port = FreePort.Take(1)[0];
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "DeepfakeOperator.Operator.dll"),
            "--worker-image", "worker:test", "--watch-namespace", @namespace, "--leader-elect", "false", "--port", $"{port}",
        ];
        // A short life is not worth optimising for.
        var environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = kubeconfig, ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1",
        };
        return new OperatorProcess(ServerProcess.Start(
            "operator", Path.Combine(AppContext.BaseDirectory, $"operator-{@namespace}.log"), "dotnet", arguments, environment), port);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await process.KillAsync();
        await process.DisposeAsync();
    }
}
