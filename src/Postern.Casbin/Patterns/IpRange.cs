using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Casbin.Patterns;

/// <summary>Addresses and CIDR ranges (ipMatch). An IPv4 address that is written as IPv6 is the IPv4 address.</summary>
internal static class IpRange
{
    public static Value Matches(string text, string range)
    {
        if (Address(text) is not { } address)
        {
            return Value.Refused("ipMatch: the first argument is no IP address.");
        }

        var slash = range.IndexOf('/', StringComparison.Ordinal);
        if (Address(slash < 0 ? range : range[..slash]) is not { } network)
        {
            return Value.Refused("ipMatch: the second argument is neither an IP address nor a CIDR range.");
        }

        var bytes = network.GetAddressBytes();
        var written = slash >= 0 && range[..slash].Contains(':', StringComparison.Ordinal) ? 128 : 32;
        var bits = bytes.Length * 8;
        var prefix = bits;
        if (slash >= 0)
        {
            if (!int.TryParse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > written || (prefix -= written - bits) < 0)
            {
                return Value.Refused("ipMatch: the second argument is neither an IP address nor a CIDR range.");
            }
        }

        var mine = address.GetAddressBytes();
        return Value.Of(mine.Length == bytes.Length && HaveSamePrefix(mine, bytes, prefix));
    }

    private static bool HaveSamePrefix(byte[] a, byte[] b, int bits)
    {
        var whole = bits / 8;
        var mask = (byte)(0xFF << (8 - (bits % 8)));
        return a.AsSpan(0, whole).SequenceEqual(b.AsSpan(0, whole)) && (bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
    }

    /// <summary>Four decimal numbers, or IPv6 without a zone: no other notation that a parser may know.</summary>
    private static IPAddress? Address(string text)
    {
        var isPlain = text.Contains(':', StringComparison.Ordinal)
            ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : text.Split('.') is { Length: 4 } parts && parts.All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0'));
        return isPlain && IPAddress.TryParse(text, out var address) ? Unmapped(address) : null;
    }

    private static IPAddress Unmapped(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
