using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.Hosting.FirstStart;

namespace Postern.Server.Hosting.Commands;

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

    private static async Task RefuseNoneAsync(Database database)
    {
        await using var connection = await database.OpenAsync();
        if (await connection.ExecuteScalarAsync<long>(database.Dialect.TableExists, new { name = "settings" }) == 0
            || await Settings.FindAsync(connection, Settings.MasterCheck) is null)
        {
            throw new StartRefusedException("There is no installation in this database yet: start the server once, from the same working directory and with the same settings.");
        }
    }
}
