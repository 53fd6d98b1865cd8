using Postern.Import.Casdoor;
using Postern.Storage.Databases;

namespace Postern.Server.Configuration;

/// <summary>Reads the address of the Casdoor database that an import reads.</summary>
internal static class CasdoorAddress
{
    private const string Option = "--casdoor-db";
    private const string CasdoorsName = "casdoor";

    private static readonly string[] SqliteStarts = ["data source=", "datasource=", "filename=", "file:"];
    private static readonly string[] PostgresMarks = ["postgres://", "postgresql://", "host=", "server=", "dbname=", "user="];

    /// <summary>In every spelling that <c>dataSourceName</c> has.</summary>
    /// <exception cref="StartRefusedException">It is not understood; no refusal repeats it, because it may hold a password.</exception>
    public static SourceAddress Read(string text, string workingDirectory)
    {
        var address = text.Trim();
        return (address.Length == 0 ? null
            : MySqlAddress.IsOne(address) ? MySqlAddress.Read(address, CasdoorsName, Environment.GetEnvironmentVariable(MySqlAddress.PasswordVariable))
            : ReadOther(address, workingDirectory))
            ?? throw new StartRefusedException(
                $"{Option} is refused: it must be user:password@tcp(host:port)/database or mysql://user:password@host/database (MySQL, MariaDB), "
                + "user=… password=… host=… dbname=… or postgres://user:password@host/database (PostgreSQL), or the path of a SQLite file.");
    }

    private static SourceAddress? ReadOther(string text, string workingDirectory)
    {
        var isPostgres = !SqliteStarts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            && PostgresMarks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase));
        var settings = new SettingsReader(AppConf.Empty, Option, new Dictionary<string, string>
        {
            [ConfigurationKeys.DriverName] = isPostgres ? "postgres" : "sqlite",
            [ConfigurationKeys.DataSourceName] = text,
            [ConfigurationKeys.DbName] = CasdoorsName,
        }, workingDirectory);
        return DatabaseSource.Read(settings) is { } source && settings.Refusal is null
            ? new SourceAddress(isPostgres ? SourceEngine.Postgres : SourceEngine.Sqlite, source.ConnectionString, source.DisplayName)
            : null;
    }
}
