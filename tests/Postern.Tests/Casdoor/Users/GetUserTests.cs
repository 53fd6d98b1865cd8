using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>By what <c>get-user</c> finds a user.</summary>
public sealed class GetUserTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_is_found_by_each_of_his_names_within_his_organization(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var (organization, application) = (tenant.Organization, RowCaller.Of(tenant));
        var mark = organization[4..];
        var id = await tenant.AddUserAsync("ann", ("email", $"ann-{mark}@example.com"), ("phone", "13912345678"));
        await tenant.AddUserAsync("bob", ("email", $"bob-{mark}@example.com"));
        // The same address elsewhere is somebody else's.
        var foreignId = await other.AddUserAsync("eve", ("email", $"ann-{mark}@example.com"), ("phone", "13912345678"));

        foreach (var query in new[]
        {
            $"id={organization}/ann", $"owner={organization}&userId={id}", $"owner={organization}&email=ann-{mark}%40example.com", $"owner={organization}&phone=13912345678",
            $"owner={organization}&phone=%2B8613912345678", $"id={organization}/bob&email=ann-{mark}%40example.com", $"id={organization}/bob&userId={id}",
        })
        {
            Assert.Equal((query, "ann"), (query, (await application.DataAsync("/api/get-user?" + query))?["name"]?.GetValue<string>()));
        }

        foreach (var query in new[]
        {
            $"id={organization}/ghost", $"owner={organization}&userId={foreignId}", $"owner={organization}&userId=ghost", $"owner={organization}&email=ghost@example.com",
            $"owner={organization}&phone=13900000000", $"owner={organization}&email=",
        })
        {
            var answer = await application.GetAsync("/api/get-user?" + query);
            Assert.Equal((query, null), (query, answer["data"]?.ToJsonString()));
        }

        foreach (var query in new[] { $"id={other.Organization}/eve", $"owner={other.Organization}&userId={foreignId}", $"owner={other.Organization}&phone=13912345678", $"userId={foreignId}", $"email=ann-{mark}%40example.com" })
        {
            Assert.Equal((query, "Unauthorized operation"), (query, await application.MessageAsync("/api/get-user?" + query)));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Only_global_administrators_search_all_organizations(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var email = $"ann-{tenant.Organization}@example.com";
        var id = await tenant.AddUserAsync("ann", ("email", email));
        var (global, boss, ann) = (await server.GlobalAdministratorAsync(), await tenant.NewAdministratorAsync(), await tenant.CallerAsync("ann"));
        foreach (var query in new[] { "email=" + email, "userId=" + id })
        {
            Assert.Equal(tenant.Organization, (await global.DataAsync("/api/get-user?" + query))!["owner"]!.GetValue<string>());
            Assert.Equal("Unauthorized operation", await boss.MessageAsync("/api/get-user?" + query));
            Assert.Equal("Unauthorized operation", await ann.MessageAsync("/api/get-user?" + query));
            Assert.Equal("Please login first", await new RowCaller(server, null).MessageAsync("/api/get-user?" + query));
        }

        // A user reads himself, and learns of nobody else.
        foreach (var query in new[] { $"id={tenant.Organization}/ann", $"owner={tenant.Organization}&email={email}", $"owner={tenant.Organization}&userId={id}" })
        {
            Assert.Equal((query, "ann"), (query, (await ann.DataAsync("/api/get-user?" + query))?["name"]?.GetValue<string>()));
        }

        Assert.Equal("Unauthorized operation", await ann.MessageAsync($"/api/get-user?id={tenant.Organization}/boss"));
        Assert.Equal("Unauthorized operation", await ann.MessageAsync($"/api/get-user?id={tenant.Organization}/ghost"));
    }
}
