using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Server.Hosting;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.Commands;

/// <summary>
/// <c>postern import</c>: brings over what a Casdoor keeps. The server may go on running, and so may Casdoor; where there is no
/// installation yet, one is made.
/// </summary>
internal sealed class ImportCommand(PosternOptions options, ImportRequest request, SystemOperator person, TimeProvider clock)
{
    /// <summary>Something was not taken; the report says what.</summary>
    public const int ExitCode = 3;

    private readonly ImportReport report = new();
    private readonly StartReport made = new();

    public static async Task<int> RunAsync(
        PosternOptions options, ImportRequest request, SystemOperator person, TimeProvider clock, TextWriter output, TextWriter errors, bool isTerminal)
    {
        await using ICasdoorSource source = request.File is { } file
            ? CasdoorFile.Open(file)
            : await CasdoorDatabase.OpenAsync(CasdoorAddress.Read(request.Connection!, Environment.CurrentDirectory));
        return await new ImportCommand(options, request, person, clock).RunAsync(source, output, new Progress(errors, isTerminal, clock));
    }

    private async Task<int> RunAsync(ICasdoorSource source, TextWriter output, Progress progress)
    {
        var isThere = await Installation.ExistsAsync(options);
        if (isThere || request.Apply)
        {
            await using var database = new Database(options);
            await RunAsync(source, database, isThere, progress);
        }
        else
        {
            await using var trial = await TrialInstallation.MakeAsync(options, clock);
            await RunAsync(source, trial.Database, true, progress);
        }

        report.Write(output, source.DisplayName, request.Apply, isNew: !isThere);
        if (made is not { MadeMasterKeyFile: null, MadeAdministrator: null })
        {
            output.WriteLine();
            Banner.WriteMade(output, made);
        }

        return report.HasLoss ? ExitCode : 0;
    }

    private async Task RunAsync(ICasdoorSource source, Database database, bool isThere, Progress progress)
    {
        var takeOver = new TakeOver(source, report, request.Apply, request.TakeKeys, request.DropSecondFactors, clock);
        var (secrets, taken) = !request.Apply ? await LookAsync(takeOver, database)
            : isThere ? await ChangeAsync(takeOver, database)
            : await MakeAsync(takeOver, database);
        await using var scratch = await Scratch.OpenAsync();
        await new CasdoorImport(source, options, database, new ObjectStore(secrets, clock), scratch, taken, report, request.Apply, request.DropSecondFactors, progress, clock).RunAsync();
    }

    private async Task<(SecretStore Secrets, TakenOver Taken)> MakeAsync(TakeOver takeOver, Database database)
    {
        TakenOver? taken = null;
        var started = await new StartTransaction(options, database, person, null, clock)
        {
            AndThen = async (start, connection, transaction) =>
            {
                taken = await takeOver.RunAsync(start.Secrets, connection, transaction);
                // The password that was made for the administrator opens nothing where Casdoor's came with it.
                start.Report.MadeAdministrator = report.Has(Finding.AdministratorsPassword) || taken.AdministratorId is null
                    ? start.Report.MadeAdministrator
                    : await OpenAdministratorAsync(start.Secrets, connection, transaction);
            },
        }.RunAsync();
        (made.MadeMasterKeyFile, made.MadeAdministrator) = (started.Report.MadeMasterKeyFile, started.Report.MadeAdministrator);
        return (started.Secrets, taken!);
    }

    private async Task<(SecretStore Secrets, TakenOver Taken)> ChangeAsync(TakeOver takeOver, Database database)
    {
        (SecretStore Secrets, TakenOver Taken)? done = null;
        await Installation.ChangeAsync(options, database, clock, async (ring, connection, transaction) =>
        {
            var secrets = new SecretStore(ring.Provider);
            var taken = await takeOver.RunAsync(secrets, connection, transaction);
            if (taken.AdministratorId is not null)
            {
                made.MadeAdministrator = await OpenAdministratorAsync(secrets, connection, transaction);
                made.MadeAdministrator?.Keep();
            }

            done = (secrets, taken);
        });
        return done!.Value;
    }

    /// <summary>A new password where nobody could sign in as a global administrator with what was taken; else null.</summary>
    private async Task<AdminPassword?> OpenAdministratorAsync(SecretStore secrets, DbConnection connection, DbTransaction transaction)
    {
        if (await AdministratorAccount.IsOpenAsync(connection, secrets, transaction)
            || await Users.FindAsync(connection, Organizations.BuiltIn, Users.AdministratorName, transaction) is not { } admin)
        {
            return null;
        }

        var password = AdminPassword.Choose(person);
        var hash = secrets.Protect(SecretColumn.UserPassword, admin.Id, PasswordHashes.Hash(password.Text));
        await AdministratorAccount.OpenAsync(admin, hash, clock.GetUtcNow().ToUnixTimeMilliseconds(), connection, transaction);
        return password;
    }

    /// <summary>Nothing that a dry run encrypts is kept, so it needs no key of ours, and changes nothing on its way to one.</summary>
    private static async Task<(SecretStore Secrets, TakenOver Taken)> LookAsync(TakeOver takeOver, Database database)
    {
        await Installation.RequireAsync(database);
        var secrets = new SecretStore(new EphemeralDataProtectionProvider());
        return (secrets, await database.ReadAsync(connection => takeOver.RunAsync(secrets, connection, null)));
    }
}
