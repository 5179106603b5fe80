using System.Net;
using System.Net.Sockets;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>Ports on loopback that nobody listens on.</summary>
public static class FreePort
{
    // Below the range that the kernel takes the local ends of connections from: there a port may be gone before its server has asked for it.
    private const int First = 15000;
    private const int End = 32000;
    private const int Block = 100;

    // Each process begins in a block of its own, so that two that look at the same moment do not find the same port.
    private static int last = Environment.ProcessId * Block % (End - First);

    /// <summary>So many different ports; none is given out twice until all have been.</summary>
    public static int[] Take(int count)
    {
        var ports = new List<int>(count);
        while (ports.Count < count)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref last) % (End - First));
            if (IsFree(port)) ports.Add(port);
        }
        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        // Any address, as servers in pods listen on.
        using var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
