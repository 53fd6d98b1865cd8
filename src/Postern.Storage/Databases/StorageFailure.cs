using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Postern.Storage.Databases;

/// <summary>Distinguishes "the database cannot serve this now" from an error in our SQL.</summary>
public static class StorageFailure
{
    private const string NoAnswerInTime = "the database did not answer in time: it is overloaded, or somebody holds a lock on a table";

    public static bool IsOne(Exception e) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL
            or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_NOMEM,
        // 08 connection, 53 resources (disk full, too many connections), 57 operator intervention, 58 system error,
        // 40 serialization, 55P03 lock not available, 25006 read only, 55000 the database takes no connections.
        PostgresException postgres => postgres.SqlState[..2] is "08" or "53" or "57" or "58" or "40" or "28" or "3D"
            || postgres.SqlState is "55P03" or "25006" or "55000",
        DbException => true,
        TimeoutException or SocketException => true,
        _ => false,
    };

    /// <summary>
    /// Whether the connection is gone, as every pooled one is after PostgreSQL was restarted. A time-out is not that: the
    /// statement may still run.
    /// </summary>
    public static bool IsLostConnection(Exception e) => e switch
    {
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException npgsql => npgsql.InnerException is IOException or SocketException,
        _ => false,
    };

    public static StorageUnavailableException Of(Exception e) => new(Describe(e), e);

    /// <summary>One sentence for an operator, without connection strings.</summary>
    public static string Describe(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => "the database is locked by another process",
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "the disk of the database is full",
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY } => "the database file cannot be written: check its owner and mode",
        SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN } => "the database file cannot be opened: check the path, its owner and mode",
        SqliteException { SqliteErrorCode: raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT } => "the file is not a sound SQLite database",
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR } => "the disk of the database reports an error",
        PostgresException { SqlState: "53100" } => "the disk of the database is full",
        PostgresException { SqlState: "28P01" or "28000" } => "the database refuses this user or password",
        PostgresException { SqlState: "3D000" } => "the database of that name does not exist",
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled } => NoAnswerInTime,
        NpgsqlException { InnerException: TimeoutException } => NoAnswerInTime,
        PostgresException postgres => "the database reports: " + postgres.SqlState + " " + postgres.MessageText,
        StorageUnavailableException => e.Message,
        _ => "the database cannot be reached",
    };
}
