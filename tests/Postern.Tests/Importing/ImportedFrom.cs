using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Postern.Directory.Objects;
using Postern.Import.Casdoor;
using Postern.Server.Commands;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Importing;

public enum CasdoorSource
{
    File,
    Sqlite,
    Postgres,
}

/// <summary>A server, and a Casdoor of its world in one of the three forms to import from.</summary>
internal sealed class ImportedFrom : IAsyncDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("postern-import-").FullName;
    private readonly CasdoorSource source;
    private string? database;

    private ImportedFrom(TestServer server, CasdoorWorld world, CasdoorSource source) => (Server, World, this.source) = (server, world, source);

    public TestServer Server { get; }

    public CasdoorWorld World { get; }

    /// <summary>Casdoor's database, as the command understands it.</summary>
    public SourceAddress Source => CasdoorAddress.Read(database!, folder);

    public async Task ExecuteAtCasdoorAsync(string sql)
    {
        await using var connection = await CasdoorTables.OpenAsync(database!, source == CasdoorSource.Postgres);
        await connection.ExecuteAsync(sql);
    }

    public static async Task<ImportedFrom> NewAsync(DatabaseDriver driver, CasdoorSource source, Action<CasdoorWorld>? change = null, string prefix = "")
    {
        var server = await TestServer.StartAsync(driver);
        var world = await CasdoorWorld.NewAsync(server);
        change?.Invoke(world);
        var from = new ImportedFrom(server, world, source);
        if (source != CasdoorSource.File)
        {
            from.database = source == CasdoorSource.Postgres ? await PostgresServer.CreateDatabaseAsync() : $"Data Source={from.folder}/casdoor.db;Pooling=false";
            await using var connection = await CasdoorTables.OpenAsync(from.database, source == CasdoorSource.Postgres);
            await CasdoorTables.WriteAsync(connection, world, prefix);
        }

        return from;
    }

    public async Task<(int Code, string Report)> RunAsync(bool apply = true, bool dropSecondFactors = false)
    {
        var request = source == CasdoorSource.File ? new ImportRequest(World.WriteFile(folder), null, apply) : new ImportRequest(null, database, apply);
        request = request with { DropSecondFactors = dropSecondFactors };
        var output = new StringWriter();
        var code = await ImportCommand.RunAsync(Server.Services.GetRequiredService<PosternOptions>(), request, SystemOperator.Nobody, Server.Clock, output, TextWriter.Null, isTerminal: false);
        return (code, output.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (source == CasdoorSource.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(database!);
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }
}
