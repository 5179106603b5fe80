using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DeepfakeOperator.Operator.Tests.Cluster;

/// <summary>Stands between the operator and a broker and shows a <see cref="Hazard"/> every request that changes something.</summary>
internal sealed class KafkaProxy : IAsyncDisposable
{
    /// <summary>Requests that change something, by the protocol's api keys.</summary>
    private static readonly Dictionary<short, string> Writes = new()
    {
        [0] = "Produce", [19] = "CreateTopics", [20] = "DeleteTopics", [22] = "InitProducerId", [26] = "EndTxn", [42] = "DeleteGroups",
    };

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly int _broker;
    private readonly Hazard _hazard;
    private readonly Task _accepting;

    public KafkaProxy(int port, int broker, Hazard hazard)
    {
        _broker = broker;
        _hazard = hazard;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var broker = new TcpClient();
        using (client)
        {
            try
            {
                await broker.ConnectAsync(IPAddress.Loopback, _broker, _stop.Token);
                client.NoDelay = broker.NoDelay = true;
                var pending = new ConcurrentDictionary<int, string>();
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var up = PumpAsync(client.GetStream(), broker.GetStream(), frame => Request(frame, pending), either.Token);
                var down = PumpAsync(broker.GetStream(), client.GetStream(), frame => Response(frame, pending), either.Token);
                await Task.WhenAny(up, down);
                await either.CancelAsync();
                await Task.WhenAll(up, down);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // One of the two hung up.
            }
        }
    }

    private bool Request(ReadOnlySpan<byte> frame, ConcurrentDictionary<int, string> pending)
    {
        if (!Writes.TryGetValue(BinaryPrimitives.ReadInt16BigEndian(frame), out var write)) return true;
        pending[BinaryPrimitives.ReadInt32BigEndian(frame[4..])] = write;
        return _hazard.Before(write);
    }

    private bool Response(ReadOnlySpan<byte> frame, ConcurrentDictionary<int, string> pending) =>
        !pending.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var write) || _hazard.After(write);

    /// <summary>Passes frames on until one may not pass.</summary>
    private static async Task PumpAsync(NetworkStream from, NetworkStream to, FrameCheck mayPass, CancellationToken cancellation)
    {
        var size = new byte[4];
        while (true)
        {
            await from.ReadExactlyAsync(size, cancellation);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await from.ReadExactlyAsync(frame, cancellation);
            if (!mayPass(frame)) return;
            await to.WriteAsync(size, cancellation);
            await to.WriteAsync(frame, cancellation);
        }
    }

    private delegate bool FrameCheck(ReadOnlySpan<byte> frame);
}
