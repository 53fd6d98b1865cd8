using System.Net;
using System.Net.Sockets;

namespace Postern.Server.Configuration;

internal static class TrustedProxiesSetting
{
    private const string Allowed =
        "it must be addresses and networks separated by commas, as in 10.0.0.5, 192.168.0.0/16, fd00::/8, a network with its first address";

    public static IReadOnlyList<IPNetwork> Read(SettingsReader settings)
    {
        var networks = new List<IPNetwork>();
        var items = (settings.Text(ConfigurationKeys.TrustedProxies) ?? "").Split(',', StringSplitOptions.TrimEntries);
        foreach (var item in items.Where(item => item.Length > 0))
        {
            if (Parse(item) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                settings.Refuse(ConfigurationKeys.TrustedProxies, $"{SettingsReader.Shown(item)} is none of those allowed; {Allowed}");
            }
        }
        return networks;
    }

    private static IPNetwork? Parse(string item)
    {
        var slash = item.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? item : item[..slash], out var address))
        {
            return null;
        }
        // IPAddress takes "10.1" for 10.0.0.1; a list of trusted addresses must not be guessed.
        if (address.AddressFamily == AddressFamily.InterNetwork && item.Count(c => c == '.') != 3)
        {
            return null;
        }

        if (slash < 0)
        {
            return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        return IPNetwork.TryParse(item, out var network) && network.BaseAddress.Equals(address) ? network : null;
    }
}
