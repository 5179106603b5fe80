using System.Net;
using System.Net.Sockets;

namespace DeepfakeOperator.Fuzz;

/// <summary>
/// Counts who calls an address that only stands inside the files. It is not the address that the files are fetched from, and the worker of a run may
/// only fetch from there.
/// </summary>
internal sealed class RequestTrap : IAsyncDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");

    private readonly TcpListener _connections = new(Address, 0);
    private readonly UdpClient _datagrams;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loops;
    private int _count;

    internal RequestTrap()
    {
        _connections.Start();
        var endpoint = (IPEndPoint)_connections.LocalEndpoint;
        _datagrams = new UdpClient(endpoint);
        Authority = endpoint.ToString();
        _loops = Task.WhenAll(Task.Run(AcceptAsync), Task.Run(ReceiveAsync));
    }

    /// <summary>Host and port.</summary>
    internal string Authority { get; }

    internal int Count => Volatile.Read(ref _count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        _connections.Dispose();
        _datagrams.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _connections.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _count);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                await _datagrams.ReceiveAsync(_stop.Token);
                Interlocked.Increment(ref _count);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
