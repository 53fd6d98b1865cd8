namespace Postern.Server.Configuration;

/// <summary>The base addresses: of the issuer, and of the pages a browser opens.</summary>
internal static class OriginSetting
{
    private const string Allowed =
        "it must be an absolute http or https address without user, path, query, fragment or trailing slash, as in https://login.example.com";

    public static string Read(SettingsReader settings, int httpPort, bool isDevelopment)
    {
        var fallback = $"http://localhost:{httpPort}";
        if (settings.Text(ConfigurationKeys.Origin) is not { } value)
        {
            // A name taken from the Host header would let a caller choose the issuer.
            if (!isDevelopment)
            {
                settings.Refuse(ConfigurationKeys.Origin, $"in Production the issuer must be stated; {Allowed}");
            }

            return fallback;
        }
        return Checked(settings, ConfigurationKeys.Origin, value) ? value : fallback;
    }

    public static string ReadFrontend(SettingsReader settings, string origin) =>
        settings.Text(ConfigurationKeys.OriginFrontend) is { } value && Checked(settings, ConfigurationKeys.OriginFrontend, value)
            ? value
            : origin;

    private static bool Checked(SettingsReader settings, string key, string value)
    {
        if (IsOrigin(value))
        {
            return true;
        }

        settings.Refuse(key, Allowed);
        return false;
    }

    // The value goes verbatim into "iss" and in front of every path, so what Uri would quietly mend is refused.
    public static bool IsOrigin(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return false;
        }

        var prefix = address.Scheme + "://";
        return value.StartsWith(prefix, StringComparison.Ordinal)
            && value[prefix.Length..].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']')
            && !value.EndsWith(':');
    }
}
