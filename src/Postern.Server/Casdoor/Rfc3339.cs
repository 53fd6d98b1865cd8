using System.Globalization;

namespace Postern.Server.Casdoor;

/// <summary>Times on the wire: RFC 3339 in UTC with whole seconds; empty where there is none.</summary>
public static class Rfc3339
{
    public static string Of(long unixMilliseconds) => unixMilliseconds == 0
        ? ""
        : DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
