using System.Globalization;

namespace Postern.Server.Casdoor.Objects;

/// <summary>Times as clients send them: RFC 3339 in any zone, "" for never (contract 0.1).</summary>
public static class ObjectTime
{
    public static bool TryRead(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length == 0)
        {
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        milliseconds = time.ToUnixTimeMilliseconds();
        return true;
    }
}
