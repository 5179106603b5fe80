using System.Net;
using System.Net.Sockets;

namespace DeepfakeOperator.DevCluster.Processes;

/// <summary>Ports on loopback that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>Asks the kernel for so many different ports. It hands them out in turn, so that one is rarely given to another program right after.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
