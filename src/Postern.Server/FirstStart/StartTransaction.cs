using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Import.InitData;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Storage.Keys;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>What the server runs with once its database is ready.</summary>
internal sealed record Started(SecretStore Secrets, byte[] RefreshKey, StartReport Report);

/// <summary>
/// Everything that must be true of the database before the port opens: one transaction that no other node's start can
/// overlap, and of which nothing stays where any of it fails.
/// </summary>
internal sealed class StartTransaction(PosternOptions options, Database database, SystemOperator person, InitDataFile? initData, TimeProvider clock)
{
    // Names in the ledger that no entry of a file can have.
    private const string FirstStart = "first-start";
    private const string Demo = "demo";
    private const string Enforcers = "enforcers";

    private readonly StartReport report = new();

    /// <summary>What else is part of it: the last thing before the commit.</summary>
    public Func<Started, DbConnection, DbTransaction, Task> AndThen { get; init; } = (_, _, _) => Task.CompletedTask;

    public async Task<Started> RunAsync()
    {
        await ForeignSchema.RefuseAsync(database);
        Started? started = null;
        await database.UnderStartLockAsync(async (connection, transaction) =>
        {
            var hadMasterKey = File.Exists(options.MasterKeyFile);
            try
            {
                started = await PrepareAsync(connection, transaction);
            }
            catch when (!hadMasterKey && File.Exists(options.MasterKeyFile))
            {
                // While the lock is held: no other node can have begun to use it.
                File.Delete(options.MasterKeyFile);
                throw;
            }
        });
        return started!;
    }

    private async Task<Started> PrepareAsync(DbConnection connection, DbTransaction transaction)
    {
        if ((await Migrations.ApplyAsync(database, connection, transaction, clock)).Contains(UndecidedUsers.Migration))
        {
            await UndecidedUsers.ReportAsync(connection, transaction, report);
        }

        foreach (var note in await UpgradeNotes.TakeAsync(connection, transaction))
        {
            report.Warnings.Add(note);
        }

        var ring = await KeyRing.OpenAsync(options, connection, transaction, clock);
        report.MadeMasterKeyFile = ring.MadeMasterFile ? options.MasterKeyFile : null;
        if (ring.Master.Origin != MasterKey.Variable && PrivateFile.IsReadByOthers(options.MasterKeyFile))
        {
            report.Warnings.Add($"The master key file {options.MasterKeyFile} can be read by other accounts of this machine: chmod 600 it. 主密钥文件可被本机其他账户读取，请执行 chmod 600。");
        }

        var secrets = new SecretStore(ring.Provider);
        var refreshKey = await RefreshKeyAsync(secrets, connection, transaction);

        var store = new ObjectStore(secrets, clock);
        await ClearSecrets.ProtectAsync(store, connection, transaction);
        var filler = new ObjectFiller(store, connection, transaction);
        var ledger = await InitLedger.ReadAsync(connection, transaction, refreshKey, clock);
        if (initData is not null)
        {
            if (!ledger.Has(FirstStart, "", "") && !initData.Has(ObjectKinds.Organization, Organizations.BuiltIn))
            {
                // Before the file's applications and users: those of built-in point at its row.
                await filler.FillAsync(ObjectKinds.Organization, FirstObjects.Organization());
            }

            await new InitDataImport(initData, ledger, store, report.Warnings, clock).RunAsync(options, connection, transaction);
        }

        if (!ledger.Has(FirstStart, "", ""))
        {
            report.MadeAdministrator = await new FirstStartObjects(filler, secrets, report, clock).FillAsync(person, connection, transaction);
            await ledger.NoteAsync(FirstStart, "", "", new JsonObject(), connection, transaction);
        }

        if (!ledger.Has(Enforcers, "", ""))
        {
            foreach (var (kind, document) in FirstEnforcers.All())
            {
                await filler.FillAsync(kind, document);
            }

            await ledger.NoteAsync(Enforcers, "", "", new JsonObject(), connection, transaction);
        }

        await ConsoleApplication.FillAsync(filler, options, report, connection, transaction);
        if (options.HasSandbox && DevelopmentSandbox.DemoMiniProgram is { } miniProgram)
        {
            if (!ledger.Has(Demo, "", ""))
            {
                await DemoObjects.FillAsync(filler, miniProgram);
                await ledger.NoteAsync(Demo, "", "", new JsonObject(), connection, transaction);
            }

            report.DemoClientId = await connection.QuerySingleOrDefaultAsync<string?>(
                "select client_id from applications where name = @name and is_demo", new { name = DemoObjects.ApplicationName }, transaction);
        }

        var started = new Started(secrets, refreshKey, report);
        await AndThen(started, connection, transaction);
        report.MadeAdministrator?.Keep();
        return started;
    }

    private static async Task<byte[]> RefreshKeyAsync(SecretStore secrets, DbConnection connection, DbTransaction transaction)
    {
        if (await InstallationSettings.FindAsync(connection, InstallationSettings.RefreshKey, transaction) is { } stored)
        {
            return Convert.FromBase64String(secrets.Read(SecretColumn.Setting, InstallationSettings.RefreshKey, stored));
        }

        var key = RandomNumberGenerator.GetBytes(32);
        await InstallationSettings.PutAsync(connection, InstallationSettings.RefreshKey, secrets.Protect(SecretColumn.Setting, InstallationSettings.RefreshKey, Convert.ToBase64String(key)), transaction);
        return key;
    }
}
