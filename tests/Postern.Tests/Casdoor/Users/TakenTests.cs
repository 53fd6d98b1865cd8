using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>What a caller can find out by asking for what only one may have.</summary>
public sealed class TakenTests
{
    private const string Later = "You have asked too often whether something is free: try again later";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_member_who_tries_many_addresses_soon_hears_the_same_of_all(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        await tenant.AddUserAsync("carol", ("email", "carol@example.com"), ("phone", "13900000001"));
        await tenant.AddUserAsync("dan");
        await tenant.AddUserAsync("ann");
        var (ann, dan) = (await tenant.CallerAsync("ann"), await tenant.CallerAsync("dan"));

        Assert.Equal("Email already exists", await SetAsync(ann, "email", "carol@example.com"));
        Assert.Equal("Phone already exists", await SetAsync(ann, "phone", "13900000001"));
        Assert.Equal(["Affected", "Affected", "Affected"], [await SetAsync(ann, "email", "a1@example.com"), await SetAsync(ann, "email", "a2@example.com"), await SetAsync(ann, "phone", "13900000002")]);
        // The truth decides nothing any more, and nothing is written.
        Assert.Equal([Later, Later, Later], [await SetAsync(ann, "email", "carol@example.com"), await SetAsync(ann, "email", "free@example.com"), await SetAsync(ann, "phone", "13900000001")]);
        Assert.Equal("a2@example.com", (await tenant.UserAsync("ann"))!["email"]!.ToString());
        // What asks for nothing goes on, and so do others.
        Assert.Equal("Affected", await SetAsync(ann, "title", "Dr"));
        Assert.Equal("Email already exists", await SetAsync(dan, "email", "carol@example.com"));

        var answers = new List<string>();
        for (var minute = 0; minute < 5; minute++)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(1));
            for (var i = 0; i < 5; i++)
            {
                answers.Add(await SetAsync(ann, "email", "carol@example.com"));
            }
        }

        Assert.Equal((15, 10), (answers.Count(a => a == "Email already exists"), answers.Count(a => a == Later)));
        Assert.Equal("Affected", await RowCaller.Of(tenant).WriteAsync($"/api/update-user?id={tenant.Organization}/ann", new() { ["email"] = "by-boss@example.com" }));

        Task<string> SetAsync(RowCaller caller, string property, string value) => caller.WriteAsync("/api/update-user", new JsonObject { [property] = value });
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_administrator_who_tries_names_of_other_organizations_soon_hears_the_same_of_all(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var boss = RowCaller.Of(tenant);
        var answers = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add(await AddAsync(other.Application));
        }

        Assert.Equal((30, 10), (answers.Count(a => a == "Unaffected"), answers.Count(a => a == Later)));
        Assert.Equal(Later, await AddAsync("free-" + tenant.Application));
        Assert.Equal(Later, await boss.WriteAsync("/api/update-application?id=admin/" + tenant.Application, new() { ["clientId"] = other.ClientId }));
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Affected", await AddAsync("free-" + tenant.Application));

        Task<string> AddAsync(string name) => boss.WriteAsync("/api/add-application", new() { ["owner"] = "admin", ["name"] = name, ["organization"] = tenant.Organization });
    }
}
