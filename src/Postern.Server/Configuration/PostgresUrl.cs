namespace Postern.Server.Configuration;

/// <summary>libpq's <c>postgres://user:password@host:port/database?keyword=value</c>, also with several hosts.</summary>
internal static class PostgresUrl
{
    private static readonly string[] s_schemes = ["postgres://", "postgresql://"];

    public static bool IsOne(string text) => s_schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Null after a refusal.</summary>
    public static IReadOnlyList<LibpqPair>? Read(SettingsReader settings, string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var queryAt = text.IndexOf('?', start);
        var beforeQuery = queryAt < 0 ? text[start..] : text[start..queryAt];
        var slash = beforeQuery.IndexOf('/');
        var authority = slash < 0 ? beforeQuery : beforeQuery[..slash];
        var database = slash < 0 ? "" : beforeQuery[(slash + 1)..];

        // An '@' behind the authority is a password with a bare '/' or '?': what stands before it is no host and no port.
        var at = authority.LastIndexOf('@');
        if (database.Contains('@') || (at < 0 && queryAt >= 0 && text.IndexOf('@', queryAt) >= 0))
        {
            settings.RefuseWithoutValue(ConfigurationKeys.DataSourceName,
                "special characters in its user or password must be percent-encoded (/ as %2F, ? as %3F, @ as %40)");
            return null;
        }

        var pairs = new List<LibpqPair>();
        void Add(string keyword, string value, int position) => pairs.Add(new LibpqPair(keyword, Uri.UnescapeDataString(value), position));

        if (at >= 0)
        {
            var user = authority[..at].Split(':', 2);
            Add("user", user[0], start + 1);
            Add("password", user.ElementAtOrDefault(1) ?? "", start + 1);
        }
        AddHosts(authority[(at + 1)..], start + at + 2, Add);
        Add("dbname", database, start + slash + 2);

        var position = queryAt + 2;
        foreach (var parameter in queryAt < 0 ? [] : text[(queryAt + 1)..].Split('&'))
        {
            var pair = parameter.Split('=', 2);
            if (parameter.Length > 0)
            {
                Add(Uri.UnescapeDataString(pair[0]), pair.ElementAtOrDefault(1) ?? "", position);
            }

            position += parameter.Length + 1;
        }
        return pairs;
    }

    private static void AddHosts(string hosts, int position, Action<string, string, int> add)
    {
        if (hosts.Contains(','))
        {
            add("host", hosts, position);
            return;
        }
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon > hosts.LastIndexOf(']');
        add("host", (hasPort ? hosts[..colon] : hosts).Trim('[', ']'), position);
        add("port", hasPort ? hosts[(colon + 1)..] : "", position);
    }
}
