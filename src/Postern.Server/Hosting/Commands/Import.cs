using Microsoft.AspNetCore.DataProtection;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Data.Secrets;
using Postern.Server.Hosting.Configuration;
using Postern.Server.Hosting.Importing;

namespace Postern.Server.Hosting.Commands;

/// <summary><c>postern import</c>: brings over what a Casdoor keeps. The server may go on running, and so may Casdoor.</summary>
internal static class Import
{
    /// <summary>Something was not taken; the report says what.</summary>
    public const int ExitCode = 3;

    public static async Task<int> RunAsync(PosternOptions options, ImportRequest request, TimeProvider clock, TextWriter output, TextWriter errors, bool isTerminal)
    {
        await using ICasdoorSource source = request.File is { } file
            ? CasdoorFile.Open(file)
            : await CasdoorDatabase.OpenAsync(CasdoorConnection.Read(request.Connection!, Environment.CurrentDirectory));
        await using var database = new Database(options);
        var secrets = new SecretStore(request.Apply ? await OpenAsync(options, database, clock) : await LookAsync(database));
        await using var scratch = await Scratch.OpenAsync();
        var import = new CasdoorImport(source, options, database, new ObjectStore(secrets, clock), scratch, request.Apply, new Progress(errors, isTerminal, clock), clock);
        var report = await import.RunAsync();
        report.Write(output, source.DisplayName, request.Apply);
        return report.HasLoss ? ExitCode : 0;
    }

    private static async Task<IDataProtectionProvider> OpenAsync(PosternOptions options, Database database, TimeProvider clock)
    {
        IDataProtectionProvider? provider = null;
        await Installation.ChangeAsync(options, database, clock, (ring, _, _) =>
        {
            provider = ring.Provider;
            return Task.CompletedTask;
        });
        return provider!;
    }

    /// <summary>Nothing that a dry run encrypts is kept, so it needs no key of ours, and changes nothing on its way to one.</summary>
    private static async Task<IDataProtectionProvider> LookAsync(Database database)
    {
        await Installation.RequireAsync(database);
        return new EphemeralDataProtectionProvider();
    }
}
