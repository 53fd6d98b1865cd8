namespace Postern.Server.Hosting;

internal static class Addresses
{
    /// <summary>
    /// Whom a request comes from, after the trusted proxies; "" where nobody can tell. One spelling per peer: a dual-stack
    /// socket shows IPv4 peers as mapped IPv6.
    /// </summary>
    public static string PeerAddress(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };
}
