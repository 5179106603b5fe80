using System.Diagnostics;
using DeepfakeOperator.DevCluster.Processes;

namespace DeepfakeOperator.DevCluster.Tests;

/// <summary>However a cluster's process ends, nothing of it stays: no server, no pod, no file.</summary>
public sealed class CleanUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Kill)]
    public async Task Nothing_stays_behind(int signal)
    {
        var start = new ProcessStartInfo("dotnet", [TestCluster.HelperPath, "cluster"]) { RedirectStandardOutput = true };
        using var cluster = Process.Start(start)!;
        string? line;
        do line = await cluster.StandardOutput.ReadLineAsync(Cancellation);
        while (line?.StartsWith("kubeconfig: ", StringComparison.Ordinal) == false);
        Assert.NotNull(line);
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(line["kubeconfig: ".Length..]))!;
        var groups = Directory.EnumerateFiles(Path.Combine(folder, "groups")).Select(path => Path.GetFileName(path)).ToList();
        Assert.Equal(4, groups.Count);
        Assert.All(groups, group => Assert.True(Directory.Exists("/proc/" + group)));

        Assert.True(Signals.Send(cluster.Id, signal));
        await cluster.WaitForExitAsync(Cancellation);
        await Eventually.TrueAsync(() => !groups.Exists(Eventually.Runs), "a server lives on");
        await Eventually.TrueAsync(() => !Directory.Exists(folder), $"{folder} is still there");
    }
}
