using System.Globalization;

namespace Postern.Server.Casdoor.Objects;

/// <summary>Times on the wire: RFC 3339, UTC, whole seconds; "" for never (contract 0.1).</summary>
public static class ObjectTime
{
    public static string Show(long milliseconds) => milliseconds == 0
        ? ""
        : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static bool TryRead(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length == 0)
        {
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        milliseconds = time.ToUnixTimeMilliseconds();
        return true;
    }
}
