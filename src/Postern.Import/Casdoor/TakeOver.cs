using System.Data.Common;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Import.Casdoor;

/// <summary>
/// Makes Casdoor's key, its application app-built-in and its administrator the installation's own, so that clients keep their
/// configuration (docs/casdoor-migration.md). By itself where the installation is not used yet; in one that is, when asked to.
/// </summary>
public sealed class TakeOver(ICasdoorSource source, ImportReport report, bool apply, bool takeKeys, bool dropSecondFactors, TimeProvider clock)
{
    /// <summary>Judges, and writes where <c>apply</c> says so: in the caller's one transaction, so all of it is there or nothing.</summary>
    /// <param name="secrets">In a dry run it reads nothing that is stored.</param>
    /// <param name="connection">The caller's.</param>
    /// <param name="transaction">The caller's; null in a dry run.</param>
    public async Task<TakenOver> RunAsync(SecretStore secrets, DbConnection connection, DbTransaction? transaction)
    {
        var isUsed = await IsUsedAsync(connection, transaction);
        var place = new TakeOverPlace(
            source, new ObjectStore(secrets, clock), secrets, report, connection, transaction, isUsed, MayTake: takeKeys || !isUsed, apply, clock)
        { DropSecondFactors = dropSecondFactors };
        // The administrator first: it is signed out, and the tokens of its visits to the console keep no key.
        var (administrator, former) = await new AdministratorTakeOver(place).RunAsync();
        var taken = new TakenOver
        {
            AdministratorId = administrator,
            Cert = await new KeyTakeOver(place).RunAsync(former),
            Application = await new ApplicationTakeOver(place).RunAsync(),
        };
        if (taken.IsAny && apply)
        {
            await RecordAsync(connection, transaction!);
        }

        return taken;
    }

    /// <summary>Whether anyone but the first administrator is there, or has ever had a token.</summary>
    private static async Task<bool> IsUsedAsync(DbConnection connection, DbTransaction? transaction) => await connection.ExecuteScalarAsync<long>(
        """
        select case when exists (select 1 from users where not (owner = 'built-in' and name = 'admin'))
          or exists (select 1 from tokens) or exists (select 1 from grants) then 1 else 0 end
        """, transaction: transaction) == 1;

    private Task RecordAsync(DbConnection connection, DbTransaction transaction) => Records.AddAsync(connection, new AuditRecord
    {
        Organization = Organizations.BuiltIn,
        CreatedTime = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        ClientIp = "",
        User = "",
        Method = "",
        RequestUri = "",
        Action = "take-keys",
        Target = source.DisplayName,
    }, transaction);
}

/// <summary>Where the parts of a take-over read and write.</summary>
internal sealed record TakeOverPlace(
    ICasdoorSource Source, ObjectStore Store, SecretStore Secrets, ImportReport Report, DbConnection Connection, DbTransaction? Transaction,
    bool IsUsed, bool MayTake, bool Apply, TimeProvider Clock)
{
    /// <summary>Whether users come without their second factors.</summary>
    public bool DropSecondFactors { get; init; }

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <exception cref="StartRefusedException">Another write was quicker; the transaction ends without any of it.</exception>
    public async Task AddAsync(PreparedObject prepared)
    {
        if (!await ObjectStore.AddAsync(Connection, Transaction!, prepared))
        {
            throw new StartRefusedException(
                $"{prepared.Kind.Name} {prepared.Owner}/{prepared.Name} was changed while the import ran; nothing was written. Run it again.");
        }
    }
}
