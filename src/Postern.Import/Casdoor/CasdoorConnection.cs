using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using Postern.Storage.Databases;

namespace Postern.Import.Casdoor;

/// <summary>Opens Casdoor's own database, to read from and never to write.</summary>
internal static class CasdoorConnection
{
    // A page of a large table, on a machine that has other things to do.
    private const int LongestRead = 120;

    // An import hashes passwords between two reads; a server's own limit may be a minute.
    private const string MySqlSession = "set session wait_timeout = 28800, net_write_timeout = 600; set session transaction read only";

    /// <exception cref="StartRefusedException">It cannot be reached.</exception>
    public static async Task<DbConnection> OpenAsync(SourceAddress source)
    {
        DbConnection connection = source.Engine switch
        {
            SourceEngine.Sqlite => new SqliteConnection(ReadOnlyFile(source)),
            SourceEngine.Postgres => new NpgsqlConnection(ReadOnlyPostgres(source)),
            _ => new MySqlConnection(MySqlConnectionString(source)),
        };
        try
        {
            await connection.OpenAsync();
            if (source.Engine == SourceEngine.MySql)
            {
                await connection.ExecuteAsync(MySqlSession);
            }

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
        new($"The Casdoor database ({displayName}) cannot be read: {Describe(e)}.", e);

    private static string Describe(Exception e) => e switch
    {
        MySqlException { ErrorCode: MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied } => "the database refuses this user or password",
        MySqlException { ErrorCode: MySqlErrorCode.UnknownDatabase } => "the database of that name does not exist",
        MySqlException { ErrorCode: MySqlErrorCode.CommandTimeoutExpired } => "the database did not answer in time",
        MySqlException { Number: > 0 and var number, ErrorCode: not MySqlErrorCode.UnableToConnectToHost, SqlState: { } state, Message: var message } =>
            $"the database reports: {number} ({state}) {message.TrimEnd('.')}",
        _ => StorageFailure.Describe(e),
    };

    private static string ReadOnlyFile(SourceAddress source) => new SqliteConnectionStringBuilder(source.ConnectionString)
    {
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = false,
        DefaultTimeout = LongestRead,
    }.ConnectionString;

    private static string ReadOnlyPostgres(SourceAddress source)
    {
        var builder = new NpgsqlConnectionStringBuilder(source.ConnectionString) { ApplicationName = "postern import", Pooling = false, CommandTimeout = LongestRead };
        builder.Options = $"{builder.Options} -c default_transaction_read_only=on".Trim();
        return builder.ConnectionString;
    }

    private static string MySqlConnectionString(SourceAddress source) => new MySqlConnectionStringBuilder(source.ConnectionString)
    {
        ApplicationName = "postern import",
        Pooling = false,
        DefaultCommandTimeout = LongestRead,
        // Numbers and texts as they stand: which are booleans, the kinds say.
        TreatTinyAsBoolean = false,
        GuidFormat = MySqlGuidFormat.None,
        ConvertZeroDateTime = true,
        // As Casdoor's driver asks for it, where the server has no TLS.
        AllowPublicKeyRetrieval = true,
    }.ConnectionString;
}
