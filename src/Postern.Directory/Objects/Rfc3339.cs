using System.Globalization;

namespace Postern.Directory.Objects;

/// <summary>Times on the wire: RFC 3339, shown in UTC with whole seconds, taken in any zone; empty where there is none.</summary>
public static class Rfc3339
{
    public static string Of(long unixMilliseconds) => unixMilliseconds == 0
        ? ""
        : DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Any form in which a date can be read; without a zone it is UTC.</summary>
    public static bool TryRead(string text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length == 0)
        {
            return true;
        }

        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out var time))
        {
            return false;
        }

        unixMilliseconds = (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return true;
    }
}
