using System.Runtime.Versioning;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Hardening;

[UnsupportedOSPlatform("windows")]
public sealed class FileTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("postern-files-").FullName;

    [Fact]
    public async Task Folder_database_and_master_key_are_made_for_their_owner_alone()
    {
        var data = Path.Combine(folder, "data");
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with
        {
            ConnectionString = $"Data Source={data}/postern.db",
            MasterKeyFile = Path.Combine(data, "master.key"),
        });
        await server.NewTenantAsync();

        Assert.Equal(OwnersFolder, File.GetUnixFileMode(data));
        foreach (var name in new[] { "postern.db", "postern.db-wal", "postern.db-shm", "master.key" })
        {
            Assert.Equal((name, OwnersFile), (name, File.GetUnixFileMode(Path.Combine(data, name))));
        }
    }

    [Fact]
    public async Task A_folder_that_exists_stays_as_its_owner_made_it()
    {
        var mode = OwnersFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        var data = Path.Combine(folder, "shared");
        System.IO.Directory.CreateDirectory(data);
        File.SetUnixFileMode(data, mode);
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { ConnectionString = $"Data Source={data}/postern.db" });

        Assert.Equal(mode, File.GetUnixFileMode(data));
        Assert.Equal(OwnersFile, File.GetUnixFileMode(Path.Combine(data, "postern.db")));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_master_key_file_that_others_can_read_is_warned_of(DatabaseDriver driver)
    {
        foreach (var (name, mode, warnings) in new[] { ("open.key", OwnersFile | UnixFileMode.OtherRead, 1), ("shut.key", OwnersFile, 0) })
        {
            var file = Path.Combine(folder, driver + name);
            await File.WriteAllTextAsync(file, Convert.ToBase64String(new byte[32]));
            File.SetUnixFileMode(file, mode);
            await using var server = await TestServer.StartAsync(driver, o => o with { MasterKeyFile = file });

            Assert.Equal(warnings, server.Log.Lines.Count(l => l.Contains("can be read by other accounts", StringComparison.Ordinal)));
        }
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);
}
