using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>The number of users is kept, not counted: whatever changes it must change what is kept.</summary>
public sealed class UserCountTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Adding_and_deleting_are_counted_once_each(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        await AddAsync(world, "a");
        await AddAsync(world, "b");
        Assert.False(await world.AddAsync(ObjectKinds.User, User(world.Organization, "b")));
        Assert.Equal(2, await CountAsync(world, world.Organization));

        Assert.True(await DeleteAsync(world, "a"));
        Assert.False(await DeleteAsync(world, "a"));
        Assert.Equal(1, await CountAsync(world, world.Organization));

        await world.UpdateAsync(ObjectKinds.Organization, "admin", world.Organization, new() { ["enableSoftDeletion"] = true });
        Assert.True(await DeleteAsync(world, "b"));
        Assert.Equal(1, await CountAsync(world, world.Organization));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_undone_is_not_counted(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        var prepared = world.Store.PrepareAdd(ObjectKinds.User, User(world.Organization, "a")).Value!;
        Assert.True(await world.Server.Database.WriteAsync(async (c, t) => Written.Rollback(await ObjectStore.AddAsync(c, t, prepared))));
        Assert.Equal(0, await CountAsync(world, world.Organization));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_added_at_once_are_all_counted_also_while_others_are_renamed(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        var other = world.Name("other");
        await world.AddAsync(ObjectKinds.Organization, new() { ["owner"] = "admin", ["name"] = other });
        await world.AddAsync(ObjectKinds.User, User(other, "u"));

        var adding = Enumerable.Range(0, 60).Select(i => AddAsync(world, "u" + i)).ToList();
        Assert.Equal("", await world.UpdateAsync(ObjectKinds.Organization, "admin", other, new() { ["name"] = other + "-new" }));
        await Task.WhenAll(adding);

        Assert.Equal((60, 0, 1), (await CountAsync(world, world.Organization), await CountAsync(world, other), await CountAsync(world, other + "-new")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organizations_new_name_takes_its_count_along(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        await AddAsync(world, "a");
        await AddAsync(world, "b");
        var renamed = world.Name("renamed");

        Assert.Equal("", await world.UpdateAsync(ObjectKinds.Organization, "admin", world.Organization, new() { ["name"] = renamed }));
        var page = await Lists.ReadAsync(world.Server.Database, ObjectKinds.User, new() { Owner = renamed, Page = 1, PageSize = 1 });

        Assert.Equal((2, 0, 2), (await CountAsync(world, renamed), await CountAsync(world, world.Organization), page.Value!.Total));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_of_an_earlier_version_are_counted_at_the_upgrade(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: database => database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 3);
            await connection.ExecuteAsync(ManyUsers.Earlier, new { count = 7, owner = "old" }, transaction);
        }));

        var (old, all, counted) = await server.Database.ReadAsync(async c =>
            (await UserCounts.OfAsync(c, "old"), await UserCounts.OfAsync(c, ""), await c.ExecuteScalarAsync<long>("select count(*) from users")));

        Assert.Equal((7, counted), (old, all));
        Assert.True(all > 7, "the first start makes an administrator");
    }

    private static async Task AddAsync(ObjectWorld world, string name) => Assert.True(await world.AddAsync(ObjectKinds.User, User(world.Organization, name)));

    private static Task<bool> DeleteAsync(ObjectWorld world, string name) =>
        world.WriteAsync((c, t) => ObjectStore.DeleteAsync(c, t, ObjectKinds.User, world.Organization, name, 1));

    private static JsonObject User(string organization, string name) => new() { ["owner"] = organization, ["name"] = name };

    private static Task<long> CountAsync(ObjectWorld world, string owner) => world.Server.Database.ReadAsync(c => UserCounts.OfAsync(c, owner));
}
