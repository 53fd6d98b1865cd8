using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Server.Data;
using Postern.Server.Hosting.Configuration;

namespace Postern.Server.Hosting.Importing;

/// <summary>Opens Casdoor's own database, to read from and never to write.</summary>
internal static class CasdoorConnection
{
    private const string Option = "--casdoor-db";
    private const string CasdoorsName = "casdoor";

    // A page of a large table, on a machine that has other things to do.
    private const int LongestRead = 120;

    private static readonly string[] MySqlMarks = ["@tcp(", "@unix(", "mysql://"];
    private static readonly string[] SqliteStarts = ["data source=", "datasource=", "filename=", "file:"];
    private static readonly string[] PostgresMarks = ["postgres://", "postgresql://", "host=", "server=", "dbname=", "user="];

    /// <summary>In every spelling that <c>dataSourceName</c> has.</summary>
    /// <exception cref="StartRefusedException">It is not understood; no refusal repeats it, because it may hold a password.</exception>
    public static DatabaseSource Read(string text, string workingDirectory)
    {
        if (MySqlMarks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)))
        {
            throw new StartRefusedException($"{Option} is refused: PostgreSQL and SQLite can be read; from another database let Casdoor export its data and import the file with --casdoor.");
        }

        var isPostgres = !SqliteStarts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            && PostgresMarks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase));
        var settings = new Configuration.Settings(AppConf.Empty, Option, new Dictionary<string, string>
        {
            [ConfigurationKeys.DriverName] = isPostgres ? "postgres" : "sqlite",
            [ConfigurationKeys.DataSourceName] = text,
            [ConfigurationKeys.DbName] = CasdoorsName,
        }, workingDirectory);
        return (text.Trim().Length == 0 ? null : DatabaseSource.Read(settings)) is { } source && settings.Refusal is null
            ? source
            : throw new StartRefusedException($"{Option} is refused: it must be user=… password=… host=… dbname=…, postgres://user:password@host/database, or the path of a SQLite file.");
    }

    /// <exception cref="StartRefusedException">It cannot be reached.</exception>
    public static async Task<DbConnection> OpenAsync(DatabaseSource source)
    {
        DbConnection connection = source.Driver == DatabaseDriver.Sqlite ? new SqliteConnection(ReadOnlyFile(source)) : new NpgsqlConnection(ReadOnlyServer(source));
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (StorageFailure.IsOne(e))
            {
                throw Refused(source.DisplayName, e);
            }

            throw;
        }
    }

    public static StartRefusedException Refused(string displayName, Exception e) =>
        new($"The Casdoor database ({displayName}) cannot be read: {StorageFailure.Describe(e)}.", e);

    private static string ReadOnlyFile(DatabaseSource source) => new SqliteConnectionStringBuilder(source.ConnectionString)
    {
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = false,
        DefaultTimeout = LongestRead,
    }.ConnectionString;

    private static string ReadOnlyServer(DatabaseSource source)
    {
        var builder = new NpgsqlConnectionStringBuilder(source.ConnectionString) { ApplicationName = "postern import", Pooling = false, CommandTimeout = LongestRead };
        builder.Options = $"{builder.Options} -c default_transaction_read_only=on".Trim();
        return builder.ConnectionString;
    }
}
