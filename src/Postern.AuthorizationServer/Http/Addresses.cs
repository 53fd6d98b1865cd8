using System.Net;
using System.Net.Sockets;

namespace Postern.AuthorizationServer.Http;

public static class Addresses
{
    /// <summary>
    /// The address that a request comes from, after the trusted proxies; "" where it is unknown. One spelling per peer: a dual-stack
    /// socket shows IPv4 peers as mapped IPv6.
    /// </summary>
    public static string PeerAddress(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };

    /// <summary>Under what an address is counted: an IPv6 caller has the 2^64 addresses of its network to choose from.</summary>
    public static string Network(string address) =>
        IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. ip.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address;
}
