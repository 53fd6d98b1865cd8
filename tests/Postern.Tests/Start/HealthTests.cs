using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

public sealed class HealthTests
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Ready_needs_the_database_and_live_does_not(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var good = await AskAsync(server, "/api/health");
        await server.Database.WriteAsync(async (connection, transaction) =>
            Written.Commit(await connection.ExecuteAsync("alter table schema_migrations rename to gone", transaction: transaction)));

        var ready = await AskAsync(server, "/api/health");
        var live = await AskAsync(server, "/api/health/live");

        Assert.Equal((200, "ok"), (good.Status, good["status"]));
        Assert.Equal((503, "error"), (ready.Status, ready["status"]));
        Assert.Equal((200, "ok"), (live.Status, live["status"]));
        Assert.Equal(["status", "msg", "sub", "name", "data", "data2", "data3"], good.Body.EnumerateObject().Select(p => p.Name));
    }

    private static async Task<Answer> AskAsync(TestServer server, string path)
    {
        using var response = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return await Answer.OfAsync(response);
    }
}
