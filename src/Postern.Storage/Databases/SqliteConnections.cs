using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Postern.Storage.Databases;

/// <summary>How a SQLite connection is opened.</summary>
internal static class SqliteConnections
{
    private const int OneThreadPerConnection = 2; // SQLITE_CONFIG_MULTITHREAD
    private const int CountMemory = 9; // SQLITE_CONFIG_MEMSTATUS

    // Seconds; the driver's default is 30: a start without output for longer looks dead, and so does a sign-in on a phone.
    private const int LongestWait = 10;

    /// <summary>
    /// Once, before the first connection: SQLite's locks around a connection and around its memory statistics are turned off, because a
    /// connection is used by one request at a time and the statistics are not read.
    /// </summary>
    static SqliteConnections()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(OneThreadPerConnection);
        _ = raw.sqlite3_config(CountMemory, 0);
    }

    public static string Complete(string connectionString)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, Pooling = true };
        if (builder.DataSource is { Length: > 0 } path && path != ":memory:" && builder.Mode != SqliteOpenMode.Memory)
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                CreateFolder(folder, path);
            }

            // SQLite gives the -wal and -shm beside it the file's own mode.
            if (builder.Mode == SqliteOpenMode.ReadWriteCreate)
            {
                PrivateFile.Touch(path);
            }
        }

        builder.DefaultTimeout = Math.Min(builder.DefaultTimeout, LongestWait);
        return builder.ConnectionString;
    }

    private static void CreateFolder(string folder, string path)
    {
        try
        {
            PrivateFile.CreateFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"dataSourceName = {path} is refused: its folder must exist, or be one that this user may make.", e);
        }
    }

    /// <summary>
    /// WAL lets readers go on while one writes; FULL makes an answered request one that is on disk. The busy wait is
    /// SQLite's own, so that another process that holds the file is waited for, not refused at once.
    /// </summary>
    public static void Prepare(SqliteConnection connection)
    {
        raw.sqlite3_busy_timeout(connection.Handle, 5000);
        if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            throw new SqliteException("attempt to write a readonly database", raw.SQLITE_READONLY);
        }
    }

    public static void SetJournal(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        // A larger log is copied back less often, and a page that was written twice in between is copied once.
        command.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000; pragma wal_autocheckpoint = 4000";
        command.ExecuteNonQuery();
    }
}
