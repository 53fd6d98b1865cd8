using System.Net;
using System.Net.Sockets;

namespace Postern.Protocol;

/// <summary>
/// <c>ipWhitelist</c> of an application, an organization or a user: addresses and networks (RFC 4632), with commas between. Empty admits
/// every address. An entry that cannot be read admits none.
/// </summary>
public static class AddressList
{
    private const int MostEntries = 500;

    /// <summary>Why a list cannot be written, or null.</summary>
    public static LocalizedText? Refuse(string list)
    {
        var entries = Entries(list);
        return entries.Length > MostEntries ? new LocalizedText($"ipWhitelist must have at most {MostEntries} entries", $"ipWhitelist 最多 {MostEntries} 项")
            : list.Trim().Length > 0 && entries.Length == 0 ? new LocalizedText(
                "ipWhitelist has no address: leave it empty to admit every address",
                "ipWhitelist 中没有地址；留空表示允许所有地址")
            : entries.FirstOrDefault(e => !TryRead(e, out _)) is { } wrong
                ? new LocalizedText(
                    $"ipWhitelist: {Shown(wrong)} is neither an address nor a network: write 203.0.113.7 or 203.0.113.0/24, with commas between",
                    $"ipWhitelist：{Shown(wrong)} 不是地址或网段；请写成 203.0.113.7 或 203.0.113.0/24，用逗号分隔")
                : null;
    }

    /// <summary>Whether the list admits this address.</summary>
    public static bool Admits(string list, string address) =>
        string.IsNullOrWhiteSpace(list)
        || (IPAddress.TryParse(address, out var ip) && Entries(list).Any(e => TryRead(e, out var network) && network.Contains(Plain(ip))));

    private static bool TryRead(string entry, out IPNetwork network)
    {
        if (!entry.Contains('/', StringComparison.Ordinal))
        {
            var isAddress = IPAddress.TryParse(entry, out var address) && IsWhole(entry, address);
            network = isAddress ? new IPNetwork(Plain(address!), Plain(address!).AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : default;
            return isAddress;
        }

        // Bits below the prefix are ignored, as at Casdoor: 203.0.113.7/24 is 203.0.113.0/24.
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(entry[..slash], out var first) || !IsWhole(entry[..slash], first)
            || !int.TryParse(entry[(slash + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)
            || length > first.GetAddressBytes().Length * 8)
        {
            network = default;
            return false;
        }

        network = new IPNetwork(Masked(first, length), length);
        return true;
    }

    /// <summary>Four decimal numbers: the framework reads 10 as 0.0.0.10, and 010.0.0.1 as octal, which no one means.</summary>
    private static bool IsWhole(string text, IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 || text == address.ToString();

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPAddress(bytes);
    }

    private static string[] Entries(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Shown(string entry) => entry.Length <= 60 ? entry : entry[..60];
}
