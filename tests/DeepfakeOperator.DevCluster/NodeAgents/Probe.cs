using System.Diagnostics;
using System.Net.Sockets;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>Asks a container how it is.</summary>
internal static class Probe
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) });

    /// <summary>One try.</summary>
    public static async Task<bool> SucceedsAsync(V1Probe probe, V1Container container, PodSandbox sandbox, ProcessStartInfo command, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1));
        try
        {
            return probe switch
            {
                { HttpGet: { } get } => await GetAsync($"http://127.0.0.1:{sandbox.Port(container, get.Port)}{get.Path}", timeout.Token),
                { TcpSocket: { } tcp } => await ConnectAsync(sandbox.Port(container, tcp.Port), timeout.Token),
                { Exec: { } exec } => await RunAsync(exec.Command.Select(word => sandbox.Rewrite(container, word)), command, timeout.Token),
                _ => true,
            };
        }
        catch (Exception error) when (error is HttpRequestException or SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<bool> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)response.StatusCode is >= 200 and < 400;
    }

    private static async Task<bool> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        return true;
    }

    private static async Task<bool> RunAsync(IEnumerable<string> words, ProcessStartInfo command, CancellationToken cancellationToken)
    {
        var all = words.ToList();
        var start = new ProcessStartInfo(all[0], all.Skip(1)) { WorkingDirectory = command.WorkingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
