using System.Net.Sockets;

namespace DeepfakeOperator.DevCluster;

/// <summary>Whether a container engine answers; the client program alone is not enough.</summary>
internal static class Docker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null where an engine answers, else why none does, in words.</summary>
    public static async Task<string?> WhyNotAsync(IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var address = environment.GetValueOrDefault("DOCKER_HOST") is { Length: > 0 } set ? set : "unix:///var/run/docker.sock";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return $"DOCKER_HOST is {address}, which is no address";
        var isFile = uri.Scheme == "unix";
        if (isFile && !File.Exists(uri.LocalPath)) return $"no Docker engine is here ({uri.LocalPath} is missing)";
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        using var handler = new SocketsHttpHandler();
        if (isFile)
        {
            handler.ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(uri.LocalPath), token);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }
        using var http = new HttpClient(handler);
        try
        {
            using var answer = await http.GetAsync(new Uri(isFile ? "http://docker/_ping" : $"http://{uri.Authority}/_ping"), timeout.Token);
            return answer.IsSuccessStatusCode ? null : $"the Docker engine at {address} answers {(int)answer.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or SocketException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"no Docker engine answers at {address}";
        }
    }
}
