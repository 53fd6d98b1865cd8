using Npgsql;
using Postern.Storage.Databases;

namespace Postern.Server.Configuration;

/// <summary>Reads <c>dataSourceName</c> as PostgreSQL's: libpq keywords, a URL, or a connection string of Npgsql.</summary>
/// <remarks>No refusal repeats a value that could be a part of a badly quoted password.</remarks>
internal static class PostgresSource
{
    private const string Key = ConfigurationKeys.DataSourceName;

    public static DatabaseSource? Read(SettingsReader settings)
    {
        var text = settings.Text(Key) ?? "";
        var builder = PostgresUrl.IsOne(text) ? FromPairs(settings, PostgresUrl.Read(settings, text))
            : LibpqText.IsOne(text) ? FromPairs(settings, LibpqText.Read(settings, text))
            : FromNpgsql(settings, text);
        if (builder is null)
        {
            return null;
        }

        if (string.IsNullOrEmpty(builder.Host))
        {
            settings.RefuseWithoutValue(Key, "with driverName = postgres it must name a host, as in "
                + "user=postern password=… host=localhost port=5432 sslmode=disable dbname=");
            return null;
        }
        // Casdoor's own data sources end in "dbname=" and have the name appended.
        if (string.IsNullOrEmpty(builder.Database))
        {
            var name = settings.Text(ConfigurationKeys.DbName) ?? KnownSettings.Of(ConfigurationKeys.DbName).Default;
            if (name.Any(char.IsControl))
            {
                settings.Refuse(ConfigurationKeys.DbName, "it must be the name of a database, without control characters");
                return null;
            }
            builder.Database = name;
        }
        var port = builder.Port == NpgsqlConnection.DefaultPort ? "" : $":{builder.Port}";
        return new DatabaseSource(DatabaseDriver.Postgres, builder.ToString(),
            SettingsReader.Shown($"PostgreSQL {builder.Host}{port}/{builder.Database}"));
    }

    private static NpgsqlConnectionStringBuilder? FromNpgsql(SettingsReader settings, string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (IsBadValue(e))
        {
            settings.RefuseWithoutValue(Key, "Npgsql does not understand it; allowed are user=… password=… host=… dbname=…, "
                + "postgres://user:password@host/database and Host=…;Username=…;Password=…;Database=…");
            return null;
        }
    }

    private static NpgsqlConnectionStringBuilder? FromPairs(SettingsReader settings, IReadOnlyList<LibpqPair>? pairs)
    {
        if (pairs is null)
        {
            return null;
        }

        var builder = new NpgsqlConnectionStringBuilder();
        foreach (var pair in LibpqKeyword.WithPortsAtHosts(pairs).Where(pair => pair.Value.Length > 0))
        {
            if (LibpqKeyword.Find(pair.Keyword) is not { } keyword)
            {
                settings.RefuseWithoutValue(Key,
                    $"the keyword at position {pair.Position} is not known; allowed are {LibpqKeyword.All} "
                    + "(a value with blanks stands in single quotes, in a URL % stands before special characters)");
                return null;
            }
            try
            {
                builder[keyword.Npgsql] = keyword.Translate(pair.Value);
            }
            catch (Exception e) when (IsBadValue(e))
            {
                settings.RefuseWithoutValue(Key, $"its {pair.Keyword} has a value that is not allowed{keyword.Allowed}");
                return null;
            }
        }
        return builder;
    }

    private static bool IsBadValue(Exception e) =>
        e is ArgumentException or FormatException or OverflowException or KeyNotFoundException or InvalidCastException or NotSupportedException;
}
