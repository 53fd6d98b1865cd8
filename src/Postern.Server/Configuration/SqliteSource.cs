using Microsoft.Data.Sqlite;
using Postern.Storage.Databases;

namespace Postern.Server.Configuration;

/// <summary>Reads <c>dataSourceName</c> as SQLite's: a path, a <c>file:</c> URI, or a connection string of Microsoft.Data.Sqlite.</summary>
internal static class SqliteSource
{
    private const string Key = ConfigurationKeys.DataSourceName;

    private const string MemoryName = ":memory:";

    private static readonly string[] s_connectionStringStarts = ["data source=", "datasource=", "filename="];

    // Taken for a path, another database's string would put its password into a file name.
    private static readonly string[] s_foreignMarks = ["://", "@tcp(", "@unix(", "host=", "user=", "password=", "server=", "dbname="];

    public static DatabaseSource? Read(SettingsReader settings)
    {
        var text = settings.Text(Key) ?? KnownSettings.Of(Key).Default;
        if (s_connectionStringStarts.Any(start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            return FromConnectionString(settings, text);
        }

        if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return SqliteFileUri.Read(settings, text) is { } uri ? Build(settings, uri.Path, uri.Mode) : null;
        }

        if (!s_foreignMarks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)))
        {
            return Build(settings, text, SqliteOpenMode.ReadWriteCreate);
        }

        settings.RefuseWithoutValue(Key,
            "it reads as another database's; with driverName = sqlite it must be a path or file:path?cache=shared");
        return null;
    }

    private static DatabaseSource? FromConnectionString(SettingsReader settings, string text)
    {
        try
        {
            var builder = new SqliteConnectionStringBuilder(text);
            if (builder.Password.Length == 0 && builder.DataSource.Length > 0 && builder.Mode != SqliteOpenMode.ReadOnly)
            {
                return Build(settings, builder.DataSource, builder.Mode);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The refusal below says it without the value, which e.Message may repeat.
        }
        settings.RefuseWithoutValue(Key,
            "a connection string for SQLite must name a Data Source that can be written, and no password");
        return null;
    }

    /// <remarks>
    /// A shared cache is asked for only where it is the database itself, in memory. Over a file it would let readers wait for the
    /// writer table by table, which write-ahead logging exists to avoid; Casdoor's files ask for it because of Go's connection pool.
    /// </remarks>
    private static DatabaseSource Build(SettingsReader settings, string path, SqliteOpenMode mode)
    {
        if (mode == SqliteOpenMode.Memory || path == MemoryName)
        {
            settings.Warn($"{Key}: the database is in memory only; everything in it is lost when the server stops.");
            var memory = new SqliteConnectionStringBuilder
            {
                DataSource = path is MemoryName or "" ? "postern" : path,
                Mode = SqliteOpenMode.Memory,
                Cache = SqliteCacheMode.Shared,
            };
            return new DatabaseSource(DatabaseDriver.Sqlite, memory.ToString(), "SQLite in memory");
        }
        var builder = new SqliteConnectionStringBuilder { DataSource = settings.InWorkingDirectory(Key, path) };
        if (mode != SqliteOpenMode.ReadWriteCreate)
        {
            builder.Mode = mode;
        }

        return new DatabaseSource(DatabaseDriver.Sqlite, builder.ToString(), $"SQLite {SettingsReader.Shown(path)}");
    }
}
