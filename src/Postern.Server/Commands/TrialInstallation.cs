using Postern.Directory.Objects;
using Postern.Server.Configuration;
using Postern.Server.FirstStart;
using Postern.Storage.Databases;

namespace Postern.Server.Commands;

/// <summary>A new installation in a private folder, for a dry run where there is none yet; it is gone with the run.</summary>
internal sealed class TrialInstallation : IAsyncDisposable
{
    private readonly string folder;

    private TrialInstallation(string folder, Database database) => (this.folder, Database) = (folder, database);

    public Database Database { get; }

    public static async Task<TrialInstallation> MakeAsync(PosternOptions options, TimeProvider clock)
    {
        // Readable to this account alone.
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-dry-run-").FullName;
        var own = options with
        {
            Driver = DatabaseDriver.Sqlite,
            ConnectionString = $"Data Source={Path.Combine(folder, "trial.db")};Pooling=false",
            MasterKeyFile = Path.Combine(folder, "master.key"),
        };
        var trial = new TrialInstallation(folder, new Database(own));
        try
        {
            await new StartTransaction(own, trial.Database, SystemOperator.Nobody, null, clock).RunAsync();
            return trial;
        }
        catch
        {
            await trial.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
