using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using MySqlConnector;
using Postern.Import.Casdoor;

namespace Postern.Server.Configuration;

/// <summary>
/// Reads <c>dataSourceName</c> as MySQL's or MariaDB's: <c>user:password@tcp(host:port)/database</c>, as Casdoor's driver spells it,
/// a URL, or a connection string of MySqlConnector. A password may hold <c>@</c>, <c>:</c> and <c>/</c>.
/// </summary>
internal static partial class MySqlAddress
{
    /// <summary>As MySQL's own clients read a password that the command line should not show.</summary>
    public const string PasswordVariable = "MYSQL_PWD";

    private const int DefaultPort = 3306;
    private const int PostgresPort = 5432;
    private const string Scheme = "mysql://";

    // Npgsql does not know the first, and MySqlConnector not the second.
    private static readonly string[] OfMySql = ["uid", "pwd", "user id", "user", "server", "data source", "datasource"];
    private static readonly string[] OfPostgres = ["host", "username", "sslmode", "ssl mode"];

    public static bool IsOne(string text) =>
        text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || DriverForm().IsMatch(text) || IsConnectionString(text);

    /// <summary>Null where it is not understood.</summary>
    /// <param name="text">One for which <see cref="IsOne"/> is true.</param>
    /// <param name="databaseName">Of the database where the text names none.</param>
    /// <param name="password">Where the text names none; may be null.</param>
    public static SourceAddress? Read(string text, string databaseName, string? password)
    {
        var builder = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? FromUrl(text)
            : DriverForm().Match(text) is { Success: true } match ? FromDriverForm(match)
            : FromConnectionString(text);
        if (builder is null || builder.Server.Length == 0)
        {
            return null;
        }

        builder.Database = builder.Database.Length == 0 ? databaseName : builder.Database;
        builder.Password = builder.Password.Length == 0 ? password ?? "" : builder.Password;
        var port = builder.Port == DefaultPort || builder.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket ? "" : $":{builder.Port}";
        return new SourceAddress(SourceEngine.MySql, builder.ConnectionString, SettingsReader.Shown($"MySQL {builder.Server}{port}/{builder.Database}"));
    }

    /// <summary>
    /// With semicolons, as libraries of .NET spell it. Where the keywords are those of both, the port decides, and else it is PostgreSQL's.
    /// </summary>
    private static bool IsConnectionString(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal) || Pairs(text) is not { } pairs)
        {
            return false;
        }

        if (pairs.TryGetValue("port", out var port) && int.TryParse(port as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is DefaultPort or PostgresPort)
        {
            return number == DefaultPort;
        }

        return !OfPostgres.Any(pairs.ContainsKey) && OfMySql.Count(pairs.ContainsKey) > 1;
    }

    private static MySqlConnectionStringBuilder? FromConnectionString(string text)
    {
        try
        {
            return new MySqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException or InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>The driver decodes nothing in it.</summary>
    private static MySqlConnectionStringBuilder? FromDriverForm(Match match)
    {
        var builder = new MySqlConnectionStringBuilder { Server = "127.0.0.1", Database = Uri.UnescapeDataString(match.Groups["db"].Value) };
        SetUser(builder, match.Groups["user"].Value, text => text);
        var address = match.Groups["address"].Value;
        if (match.Groups["net"].Value == "unix")
        {
            builder.ConnectionProtocol = MySqlConnectionProtocol.UnixSocket;
            builder.Server = address.Length > 0 ? address : "/tmp/mysql.sock";
        }
        else if (address.Length > 0 && !SetHost(builder, address))
        {
            return null;
        }

        return SetTls(builder, match.Groups["parameters"].Value);
    }

    private static MySqlConnectionStringBuilder? FromUrl(string text)
    {
        if (Url().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var builder = new MySqlConnectionStringBuilder { Database = Uri.UnescapeDataString(match.Groups["db"].Value) };
        SetUser(builder, match.Groups["user"].Value, Uri.UnescapeDataString);
        return SetHost(builder, match.Groups["host"].Value) ? SetTls(builder, match.Groups["parameters"].Value) : null;
    }

    private static void SetUser(MySqlConnectionStringBuilder builder, string user, Func<string, string> decode)
    {
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        builder.UserID = decode(colon < 0 ? user : user[..colon]);
        builder.Password = colon < 0 ? "" : decode(user[(colon + 1)..]);
    }

    private static bool SetHost(MySqlConnectionStringBuilder builder, string address)
    {
        if (Host().Match(address) is not { Success: true } match)
        {
            return false;
        }

        builder.Server = match.Groups["host"].Value;
        var port = match.Groups["port"].Value;
        if (port.Length == 0)
        {
            return true;
        }

        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            return false;
        }

        builder.Port = number;
        return true;
    }

    /// <summary>Of the driver's parameters the one that says how the connection is protected; the others are its own.</summary>
    private static MySqlConnectionStringBuilder? SetTls(MySqlConnectionStringBuilder builder, string parameters)
    {
        var tls = parameters.Split('&').Select(p => p.Split('=', 2)).Where(p => p is ["tls" or "ssl-mode" or "sslmode", _])
            .Select(p => p[1].ToLowerInvariant()).LastOrDefault();
        MySqlSslMode? mode = tls switch
        {
            null or "preferred" => MySqlSslMode.Preferred,
            "true" or "1" or "t" or "verify_identity" => MySqlSslMode.VerifyFull,
            "verify_ca" => MySqlSslMode.VerifyCA,
            "skip-verify" or "required" => MySqlSslMode.Required,
            "false" or "0" or "f" or "disabled" => MySqlSslMode.None,
            _ => null,
        };
        if (mode is not { } known)
        {
            return null;
        }

        builder.SslMode = known;
        return builder;
    }

    private static DbConnectionStringBuilder? Pairs(string text)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // The password ends at the last @ that stands before an address.
    [GeneratedRegex(
        @"\A(?:(?<user>.*)@)?(?:(?<net>tcp|tcp6|unix)(?:\((?<address>[^()]*)\))?)/(?<db>[^/?]*)(?:\?(?<parameters>.*))?\z"
        + @"|\A(?<user>[^=/]+:.*)@/(?<db>[^/?]*)(?:\?(?<parameters>.*))?\z", RegexOptions.Singleline)]
    private static partial Regex DriverForm();

    [GeneratedRegex(
        @"\Amysql://(?:(?<user>.*)@)?(?<host>[^/?@]+)(?:/(?<db>[^/?]*))?(?:\?(?<parameters>[^@]*))?\z", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Url();

    [GeneratedRegex(@"\A(?:\[(?<host>[^\[\]]+)\]|(?<host>[^:\[\]]+))(?::(?<port>[0-9]{1,5}))?\z")]
    private static partial Regex Host();
}
