using Postern.Storage.Databases;
using Xunit;

[assembly: AssemblyFixture(typeof(Postern.Tests.Fixtures.Servers))]

namespace Postern.Tests.Fixtures;

/// <summary>One running server per database for all tests that need no server of their own; each test makes its own tenant.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly Dictionary<DatabaseDriver, Lazy<Task<TestServer>>> servers = Enum.GetValues<DatabaseDriver>()
        .ToDictionary(driver => driver, driver => new Lazy<Task<TestServer>>(() => StartAsync(driver)));

    public Task<TestServer> OnAsync(DatabaseDriver driver) => servers[driver].Value;

    private static async Task<TestServer> StartAsync(DatabaseDriver driver)
    {
        var server = await TestServer.StartAsync(driver);
        server.Clock.LongestStep = TimeSpan.FromSeconds(10);
        return server;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values.Where(s => s.IsValueCreated))
        {
            await (await server.Value).DisposeAsync();
        }

        await FirstStart.DeleteAsync();
    }
}

/// <summary>The databases as theory data: <c>[MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]</c>.</summary>
public static class Databases
{
    public static TheoryData<DatabaseDriver> Both => [DatabaseDriver.Sqlite, DatabaseDriver.Postgres];

    /// <summary>Each case on both databases.</summary>
    public static TheoryData<DatabaseDriver, T> BothFor<T>(IEnumerable<T> cases)
    {
        var data = new TheoryData<DatabaseDriver, T>();
        foreach (var one in cases)
        {
            data.Add(DatabaseDriver.Sqlite, one);
            data.Add(DatabaseDriver.Postgres, one);
        }

        return data;
    }
}
