using System.Net;
using System.Net.Sockets;

namespace DeepfakeOperator.Scanning.Fetching;

/// <summary>Which IP addresses may be dialled: the public ones, by the IANA special-purpose address registries (RFC 6890 and its updates).</summary>
internal static class AddressPolicy
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Teredo, ORCHID and the rest of 2001::/23; documentation; 6to4, which a relay would turn into IPv4.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>All of IPv6 that is routed on the internet; what lies outside is loopback, link-local, unique local, multicast or some way to write IPv4.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>True for an address that belongs to the public internet, an IPv4 address inside an IPv6 one judged by itself.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        else if (address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address)) address = new IPAddress(address.GetAddressBytes().AsSpan(12));
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address)) return false;
        foreach (var network in Special) if (network.Contains(address)) return false;
        return true;
    }
}
