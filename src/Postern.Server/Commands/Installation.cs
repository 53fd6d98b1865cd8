using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Storage.Databases;
using Postern.Storage.Keys;
using Postern.Storage.Tables;

namespace Postern.Server.Commands;

/// <summary>An installation that a start has made: commands change it and never make one.</summary>
internal static class Installation
{
    public static async Task ChangeAsync(
        PosternOptions options, Database database, TimeProvider clock,
        Func<(IDataProtectionProvider Provider, MasterKey Master), DbConnection, DbTransaction, Task> change)
    {
        await ForeignSchema.RefuseAsync(database);
        await RefuseNoneAsync(database);
        await database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, clock);
            var (provider, master, _) = await KeyRing.OpenAsync(options, connection, transaction, clock);
            await change((provider, master), connection, transaction);
        });
    }

    /// <summary>Looks whether there is one as this version makes it, and changes nothing.</summary>
    public static async Task RequireAsync(Database database)
    {
        await ForeignSchema.RefuseAsync(database);
        await RefuseNoneAsync(database);
        if (!await database.ReadAsync(Migrations.IsCurrentAsync))
        {
            throw new StartRefusedException("The database was made by another version of Postern: start the server of this version once.");
        }
    }

    /// <summary>Whether there is one, of whatever version. It does not make the file of a database that is not there.</summary>
    public static async Task<bool> ExistsAsync(PosternOptions options)
    {
        if (options.Driver == DatabaseDriver.Sqlite && !File.Exists(new SqliteConnectionStringBuilder(options.ConnectionString).DataSource))
        {
            return false;
        }

        await using var database = new Database(options);
        await ForeignSchema.RefuseAsync(database);
        return await HasOneAsync(database);
    }

    private static async Task RefuseNoneAsync(Database database)
    {
        if (!await HasOneAsync(database))
        {
            throw new StartRefusedException("There is no installation in this database yet: start the server once, from the same working directory and with the same settings.");
        }
    }

    private static async Task<bool> HasOneAsync(Database database)
    {
        await using var connection = await database.OpenAsync();
        return await connection.ExecuteScalarAsync<long>(database.Dialect.TableExists, new { name = "settings" }) > 0
            && await InstallationSettings.FindAsync(connection, InstallationSettings.MasterCheck) is not null;
    }
}
