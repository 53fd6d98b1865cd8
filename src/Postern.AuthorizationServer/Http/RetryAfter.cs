using System.Globalization;

namespace Postern.AuthorizationServer.Http;

public static class RetryAfter
{
    /// <summary>Whole seconds, at least one (RFC 9110 §10.2.3); null sets nothing.</summary>
    public static void Set(HttpResponse response, TimeSpan? wait)
    {
        if (wait is { } after)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
