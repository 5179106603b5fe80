using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using DeepfakeOperator.DevCluster.Processes;
using k8s.Models;

namespace DeepfakeOperator.DevCluster.NodeAgents;

/// <summary>Asks a container how it is.</summary>
/// <param name="container">Whose ports are meant.</param>
/// <param name="sandbox">Knows the real ports and paths.</param>
/// <param name="command">What the container was started with; an exec probe runs in the same environment.</param>
/// <param name="logPath">Where an exec probe's own output goes.</param>
internal sealed class Probe(V1Container container, PodSandbox sandbox, ProcessStartInfo command, string logPath)
{
#pragma warning disable CA5359 // As the kubelet does: a probe asks whether somebody answers, not who.
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromSeconds(1),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });
#pragma warning restore CA5359

    /// <summary>One try: null where it succeeded, else what was wrong.</summary>
    public async Task<string?> TryAsync(V1Probe probe, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1));
        try
        {
            return probe switch
            {
                { HttpGet: { } get } => await GetAsync(get, timeout.Token),
                { TcpSocket: { } tcp } => await ConnectAsync(sandbox.Port(container, tcp.Port), timeout.Token),
                { Exec: { } exec } => await RunAsync(exec, timeout.Token),
                _ => "a kind of probe that this node does not know",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {probe.TimeoutSeconds ?? 1} s";
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or PodConfigException or UriFormatException)
        {
            return error.Message;
        }
    }

    private async Task<string?> GetAsync(V1HTTPGetAction get, CancellationToken cancellationToken)
    {
        var scheme = get.Scheme is "HTTPS" ? "https" : "http";
        using var request = new HttpRequestMessage(HttpMethod.Get,
            $"{scheme}://127.0.0.1:{sandbox.Port(container, get.Port)}/{get.Path?.TrimStart('/')}");
        foreach (var header in get.HttpHeaders ?? []) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)response.StatusCode is >= 200 and < 400 ? null : $"{get.Path} answered {(int)response.StatusCode}";
    }

    private static async Task<string?> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        return null;
    }

    private async Task<string?> RunAsync(V1ExecAction exec, CancellationToken cancellationToken)
    {
        var start = ProcessGroup.Command(logPath, exec.Command.Select(word => sandbox.Rewrite(container, word)));
        start.WorkingDirectory = command.WorkingDirectory;
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        var group = ProcessGroup.Start(start);
        try
        {
            return await group.Exited.WaitAsync(cancellationToken) is not 0 and var exitCode ? $"{exec.Command[0]} exited with {exitCode}" : null;
        }
        catch (OperationCanceledException)
        {
            await group.StopAsync(TimeSpan.Zero);
            throw;
        }
    }
}
