using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DeepfakeOperator.Scanning.Tests.Fetching;

/// <summary>A web server on loopback that answers with raw bytes, so that it can misbehave as no library lets one.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, int, NetworkStream, CancellationToken, Task> _answer;
    private readonly bool _wholeRequest;
    private readonly Task _loop;
    private int _requests;

    /// <param name="answer">Gets the path, the number of the request and the stream.</param>
    /// <param name="wholeRequest">True: it gets all of the request's head instead of the path.</param>
    internal TestServer(Func<string, int, NetworkStream, CancellationToken, Task> answer, bool wholeRequest = false)
    {
        (_answer, _wholeRequest) = (answer, wholeRequest);
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    internal int Requests => _requests;

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal Uri Address(string path, string host = "127.0.0.1") => new($"http://{host}:{Port}{path}");

    internal static Task SendAsync(NetworkStream stream, string status, byte[] body, string headers = "", CancellationToken ct = default) =>
        stream.WriteAsync(new byte[][] { Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n"), body }
            .SelectMany(part => part).ToArray(), ct).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true) answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var buffer = new byte[8192];
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0) return;
            var request = Encoding.ASCII.GetString(buffer, 0, read);
            await _answer(_wholeRequest ? request : request.Split(' ')[1], Interlocked.Increment(ref _requests), stream, _stop.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The other side has had enough, or the test is over.
        }
    }
}
