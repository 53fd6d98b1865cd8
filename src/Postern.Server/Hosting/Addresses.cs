using System.Net;

namespace Postern.Server.Hosting;

internal static class Addresses
{
    /// <summary>One spelling per peer: a dual-stack socket shows IPv4 peers as mapped IPv6.</summary>
    public static IPAddress MapToIPv4OrSame(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
