using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>Writes on one object at the same instant: one statement decides, and nobody sees an error of the database.</summary>
public sealed class ObjectRaceTests(Servers servers)
{
    private const int Callers = 12;

    [Theory, MemberData(nameof(ObjectStoreTests.EveryNamedKind), MemberType = typeof(ObjectStoreTests))]
    public async Task Of_additions_and_deletions_of_one_name_one_wins(DatabaseDriver driver, string name)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var kind = ObjectKinds.All.Single(k => k.Name == name);
        var (probe, owner) = (world.Name("race"), kind == ObjectKinds.User ? world.Organization : "admin");

        var additions = await AllAsync(_ => administrator.WriteAsync("/api/add-" + name, Probe()));
        Assert.Single(additions, a => a == "Affected");
        Assert.NotNull((await administrator.GetAsync($"/api/get-{name}?id={owner}/{probe}"))["data"]);

        var deletions = await AllAsync(_ => administrator.WriteAsync("/api/delete-" + name, Probe()));
        Assert.Equal((1, Callers - 1), (deletions.Count(d => d == "Affected"), deletions.Count(d => d == "Unaffected")));
        Assert.Null((await administrator.GetAsync($"/api/get-{name}?id={owner}/{probe}"))["data"]);

        JsonObject Probe() => kind == ObjectKinds.Application
            ? new() { ["owner"] = owner, ["name"] = probe, ["organization"] = world.Organization }
            : new() { ["owner"] = owner, [kind.NameProperty] = probe, ["modelText"] = ObjectStoreTests.AnyModel.Replace("\\n", "\n", StringComparison.Ordinal) };
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_objects_renamed_to_one_name_one_gets_it(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        foreach (var (kind, owner) in new[] { ("provider", "admin"), ("user", world.Organization), ("organization", "admin") })
        {
            await AllAsync(i => administrator.WriteAsync("/api/add-" + kind, new() { ["owner"] = owner, ["name"] = world.Name($"{kind}{i}") }));
            var target = world.Name(kind + "-target");
            var answers = await AllAsync(i => administrator.WriteAsync(
                $"/api/update-{kind}?id={owner}/{world.Name($"{kind}{i}")}{(kind == "user" ? "&columns=name" : "")}", new() { ["name"] = target }));
            Assert.Single(answers, a => a == "Affected");
            var left = 0;
            for (var i = 0; i < Callers; i++)
            {
                left += (await administrator.GetAsync($"/api/get-{kind}?id={owner}/{world.Name($"{kind}{i}")}"))["data"] is null ? 0 : 1;
            }

            Assert.Equal(Callers - 1, left);
            Assert.NotNull((await administrator.GetAsync($"/api/get-{kind}?id={owner}/{target}"))["data"]);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task One_address_goes_to_one_of_the_users_who_are_added_with_it(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var answers = await AllAsync(i => administrator.WriteAsync("/api/add-user", new() { ["owner"] = world.Organization, ["name"] = $"u{i}", ["email"] = "one@example.com" }));
        Assert.Equal((1, Callers - 1), (answers.Count(a => a == "Affected"), answers.Count(a => a == "Email already exists")));
        Assert.Single((await administrator.GetAsync("/api/get-users?owner=" + world.Organization))["data"]!.AsArray());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Changes_of_different_properties_at_once_all_stand(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        using var administrator = await Administrator.OfAsync(world.Server);
        var name = world.Name("mini");
        await administrator.WriteAsync("/api/add-provider", new() { ["owner"] = "admin", ["name"] = name });
        // Two at a time: of more, one may lose three times and says Unaffected.
        for (var round = 0; round < 10; round++)
        {
            var both = await Task.WhenAll(
                administrator.WriteAsync($"/api/update-provider?id=admin/{name}", new() { ["method"] = $"m{round}" }),
                administrator.WriteAsync($"/api/update-provider?id=admin/{name}", new() { ["title"] = $"t{round}" }));
            Assert.Equal(["Affected", "Affected"], both);
            var read = (await administrator.GetAsync($"/api/get-provider?id=admin/{name}"))["data"]!;
            Assert.Equal(($"m{round}", $"t{round}"), (read["method"]!.GetValue<string>(), read["title"]!.GetValue<string>()));
        }
    }

    private static Task<string[]> AllAsync(Func<int, Task<string>> write) => Task.WhenAll(Enumerable.Range(0, Callers).Select(write));
}
