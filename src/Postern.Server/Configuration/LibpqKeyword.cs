namespace Postern.Server.Configuration;

/// <summary>One <c>keyword=value</c> of libpq and where it began, counted from 1.</summary>
internal sealed record LibpqPair(string Keyword, string Value, int Position);

/// <summary>What Npgsql calls a keyword of libpq (PostgreSQL documentation, section 34.1.2).</summary>
internal sealed record LibpqKeyword(string Npgsql, string Allowed = "", bool DropsDashes = false)
{
    private static readonly Dictionary<string, LibpqKeyword> s_all = new(StringComparer.Ordinal)
    {
        ["user"] = new("Username"),
        ["password"] = new("Password"),
        ["host"] = new("Host"),
        ["hostaddr"] = new("Host"),
        ["port"] = new("Port", ": it must be a whole number from 1 to 65535"),
        ["dbname"] = new("Database"),
        ["sslmode"] = new("SSL Mode", ": it must be disable, allow, prefer, require, verify-ca or verify-full", DropsDashes: true),
        ["sslcert"] = new("SSL Certificate"),
        ["sslkey"] = new("SSL Key"),
        ["sslpassword"] = new("SSL Password"),
        ["sslrootcert"] = new("Root Certificate"),
        ["channel_binding"] = new("Channel Binding", ": it must be disable, prefer or require"),
        ["connect_timeout"] = new("Timeout", ": it must be a whole number of seconds up to 1024"),
        ["application_name"] = new("Application Name"),
        ["client_encoding"] = new("Client Encoding"),
        ["options"] = new("Options"),
        ["passfile"] = new("Passfile"),
        ["search_path"] = new("Search Path"),
        ["TimeZone"] = new("Timezone"),
        ["target_session_attrs"] = new("Target Session Attributes",
            ": it must be any, read-write, read-only, primary, standby or prefer-standby"),
        ["krbsrvname"] = new("Kerberos Service Name"),
    };

    public static string All => string.Join(", ", s_all.Keys);

    public static LibpqKeyword? Find(string keyword) => s_all.GetValueOrDefault(keyword);

    public string Translate(string value) => DropsDashes ? value.Replace("-", "", StringComparison.Ordinal) : value;

    /// <summary>libpq lists hosts and ports apart (<c>host=a,b port=1,2</c>), Npgsql together (<c>a:1,b:2</c>).</summary>
    public static IEnumerable<LibpqPair> WithPortsAtHosts(IReadOnlyList<LibpqPair> pairs)
    {
        var host = pairs.LastOrDefault(pair => pair.Keyword is "host" or "hostaddr");
        var port = pairs.LastOrDefault(pair => pair.Keyword == "port");
        if (host is null || port is null || !port.Value.Contains(','))
        {
            return pairs;
        }

        var ports = port.Value.Split(',');
        var hosts = host.Value.Split(',');
        // Lists of different lengths stay as they are: Npgsql refuses such a port, and the operator hears of it.
        if (ports.Length != hosts.Length)
        {
            return pairs;
        }

        var joined = string.Join(',', hosts.Zip(ports, (name, number) => $"{name}:{number}"));
        return pairs.Where(pair => pair.Keyword is not ("host" or "hostaddr" or "port")).Append(host with { Value = joined });
    }
}
