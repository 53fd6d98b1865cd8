using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>What another organization's administrator does to an object stands in the trail of the object's organization too.</summary>
public sealed class OwnerRecordTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_global_administrators_change_is_in_both_trails_and_once_in_the_whole(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        await trail.Tenant.AddUserAsync("mei");
        var (global, target) = (await trail.GlobalAsync(), trail.Organization + "/mei");

        await trail.Server.PostJsonAsync($"/api/update-user?id={target}", """{"displayName": "Mei Li"}""", global);
        await trail.Server.PostJsonAsync("/api/delete-user", new JsonObject { ["owner"] = trail.Organization, ["name"] = "mei" }.ToJsonString(), global);

        var own = (await trail.ListAsync(trail.Application)).Where(r => Trail.Text(r, "target") == target).ToList();
        Assert.Equal(["delete-user", "update-user"], own.Select(r => Trail.Text(r, "action")));
        Assert.All(own, r => Assert.Equal((trail.Organization, "app/app-built-in", ""), (Trail.Text(r, "organization"), Trail.Text(r, "user"), Trail.Text(r, "clientIp"))));
        foreach (var query in new[] { "?", "?organization=built-in&" })
        {
            var seen = (await trail.ListAsync(global, $"{query}pageSize=10&p=1&field=target&value={target}")).Where(r => Trail.Text(r, "target") == target).ToList();
            Assert.Equal([("delete-user", "built-in", true), ("update-user", "built-in", true)], seen.Select(r => (Trail.Text(r, "action"), Trail.Text(r, "organization"), Trail.Text(r, "clientIp").Length > 0)));
        }

        Assert.Equal(2, (await trail.FilterAsync(global, new() { ["organization"] = trail.Organization, ["target"] = target })).Count);
        var export = (await trail.Server.GetAsync("/api/export-records?format=csv", trail.Application)).Text;
        Assert.Equal(2, export.Split('\n').Count(l => l.Contains($",{target},", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_person_of_another_organization_is_named_with_it_and_never_taken_for_a_namesake(DatabaseDriver driver)
    {
        var (trail, home) = (await Trail.OfAsync(await servers.OnAsync(driver)), await Trail.OfAsync(await servers.OnAsync(driver)));
        await trail.UserAsync("chief", isAdmin: true);
        await trail.Server.Database.WriteAsync(async (c, t) => Postern.Storage.Databases.Written.Commit(
            await Dapper.SqlMapper.ExecuteAsync(c, "update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where name = @Application", new { home.Tenant.Application }, t)));
        var name = "chief-" + Guid.NewGuid().ToString("N")[..8];
        await trail.Server.PostJsonAsync("/api/add-user", new JsonObject { ["owner"] = "built-in", ["name"] = name, ["password"] = PasswordUsers.Password, ["isAdmin"] = true }.ToJsonString(), await trail.GlobalAsync());
        var person = "Bearer " + (await home.SignInAsync(name))["access_token"];

        await trail.Server.PostJsonAsync($"/api/update-user?id={trail.Organization}/chief", """{"displayName": "Chief"}""", person);

        var record = await trail.SingleAsync("update-user");
        Assert.Equal((trail.Organization, "built-in/" + name, ""), (Trail.Text(record, "organization"), Trail.Text(record, "user"), Trail.Text(record, "clientIp")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_done_to_an_organization_and_its_applications_is_in_its_trail(DatabaseDriver driver)
    {
        var trail = await Trail.OfAsync(await servers.OnAsync(driver));
        var global = await trail.GlobalAsync();

        await trail.Server.PostJsonAsync($"/api/update-organization?id=admin/{trail.Organization}", """{"displayName": "Renamed"}""", global);
        await trail.Server.PostJsonAsync($"/api/update-application?id=admin/{trail.Tenant.Application}", """{"displayName": "Renamed"}""", global);
        await trail.Server.PostJsonAsync($"/api/rotate-client-secret?id=admin/{trail.Tenant.Application}", "", global);

        Assert.Equal(
            ["rotate-client-secret", "update-application", "update-organization"],
            (await trail.FilterAsync(global, new() { ["organization"] = trail.Organization })).Select(r => Trail.Text(r, "action")).Where(a => a is not "signin").Order());
    }
}
