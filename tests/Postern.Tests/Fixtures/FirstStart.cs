using Microsoft.Data.Sqlite;
using Npgsql;
using Postern.Server.Configuration;
using Postern.Server.Hosting;
using Postern.Storage.Databases;

namespace Postern.Tests.Fixtures;

/// <summary>
/// What a first start leaves: a database and the file of its master key. Made once for each driver and copied for each test server, because
/// a key pair, a password hash and all migrations cost thirty times as much as the rest of a start. Copies have the same keys, so a test
/// of two installations starts the second one on the other driver or with a master key file of its own.
/// </summary>
internal sealed class FirstStart
{
    private static readonly Dictionary<DatabaseDriver, Lazy<Task<FirstStart>>> Made = Enum.GetValues<DatabaseDriver>()
        .ToDictionary(driver => driver, driver => new Lazy<Task<FirstStart>>(() => MakeAsync(driver)));

    private readonly PosternOptions options;
    private readonly string folder;

    private FirstStart(PosternOptions options, string folder) => (this.options, this.folder) = (options, folder);

    /// <summary>Whether a first start with these settings leaves the same as with the usual ones, in the same place.</summary>
    public static bool IsUsual(PosternOptions options, PosternOptions usual) =>
        options.HasSandbox && options.InitDataFile is null && options.MasterKeyFile == usual.MasterKeyFile && Place(options) == Place(usual);

    /// <summary>Copies it to where these settings point.</summary>
    public static async Task CopyAsync(PosternOptions options)
    {
        var made = await Made[options.Driver].Value;
        File.Copy(made.options.MasterKeyFile, options.MasterKeyFile);
        if (options.Driver == DatabaseDriver.Sqlite)
        {
            File.Copy(Place(made.options), Place(options));
        }
        else
        {
            await PostgresServer.CreateDatabaseAsync(options.ConnectionString, Place(made.options));
        }
    }

    /// <summary>Deletes what copies were made from.</summary>
    public static async Task DeleteAsync()
    {
        foreach (var first in Made.Values.Where(first => first.IsValueCreated))
        {
            var made = await first.Value;
            System.IO.Directory.Delete(made.folder, recursive: true);
            if (made.options.Driver == DatabaseDriver.Postgres)
            {
                await PostgresServer.DropDatabaseAsync(made.options.ConnectionString);
            }
        }
    }

    private static async Task<FirstStart> MakeAsync(DatabaseDriver driver)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("postern-first-").FullName;
        var options = TestServer.UsualOptions(driver, folder);
        if (driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.CreateDatabaseAsync(options.ConnectionString);
        }

        await using (await PosternServer.BuildAsync(options, TimeProvider.System))
        {
        }

        // The last connection that closes brings SQLite's log into its file, and PostgreSQL copies no database that is in use.
        if (driver == DatabaseDriver.Sqlite)
        {
            SqliteConnection.ClearAllPools();
        }
        else
        {
            await PostgresServer.DisconnectAsync(Place(options));
        }

        return new FirstStart(options, folder);
    }

    private static string Place(PosternOptions options) => options.Driver == DatabaseDriver.Sqlite
        ? new SqliteConnectionStringBuilder(options.ConnectionString).DataSource
        : new NpgsqlConnectionStringBuilder(options.ConnectionString).Database!;
}
