using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DeepfakeOperator.Fuzz;

/// <summary>Serves the files of some numbers over HTTP, with headers that lie as a hostile server's would.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, byte[]> _file;
    private readonly string _elsewhere;
    private readonly Task _loop;

    /// <param name="file">The bytes of a number.</param>
    /// <param name="elsewhere">Where redirects lead to, which must not be followed.</param>
    internal FileServer(Func<int, byte[]> file, string elsewhere)
    {
        (_file, _elsewhere) = (file, elsewhere);
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    /// <summary>Host and port.</summary>
    internal string Authority => $"{_listener.LocalEndpoint}";

    internal Uri Address(int number) => new($"http://{Authority}/{number}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
                answers.RemoveAll(answer => answer.IsCompleted);
            }
        }
        catch (OperationCanceledException)
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
            var request = new byte[4096];
            var read = await stream.ReadAsync(request, _stop.Token);
            if (read == 0) return;
            var number = int.Parse(Encoding.ASCII.GetString(request, 0, read).Split(' ')[1].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
            var body = _file(number);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head(number, body.Length) + "\r\n"), _stop.Token);
            await stream.WriteAsync(body, _stop.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The worker has had enough, or the run is over.
        }
    }

    private string Head(int number, int length) => (number / 10 % 8) switch
    {
        0 => $"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {length}\r\n",
        1 => $"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n",
        2 => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
        3 => $"HTTP/1.1 200 OK\r\nContent-Length: {length / 2}\r\n",
        4 => $"HTTP/1.1 302 Found\r\nLocation: http://{_elsewhere}/x\r\nContent-Length: {length}\r\n",
        5 => $"HTTP/1.1 301 Moved\r\nLocation: //[::ffff:{_elsewhere.Split(':')[0]}]:{_elsewhere.Split(':')[1]}/x\r\nContent-Length: 0\r\n",
        6 => $"HTTP/1.1 302 Found\r\nLocation: {(number % 20 < 10 ? "http://[" : "\u0001:\\\\%zz")}\r\nContent-Length: 0\r\n",
        // No length: the media ends with the connection.
        _ => "HTTP/1.0 200 OK\r\n",
    };
}
