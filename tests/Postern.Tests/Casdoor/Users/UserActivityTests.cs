using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Users;

/// <summary>Where a user is signed in, and ending it.</summary>
public sealed class UserActivityTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_users_identities_applications_and_sign_ins_are_told_and_none_of_a_namesake_before_him(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        using var administrator = await Administrator.OfAsync(tenant.Server);
        await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        Assert.Equal("Affected", await administrator.WriteAsync("/api/delete-user", new JsonObject { ["owner"] = tenant.Organization, ["name"] = "Mei" }));
        tenant.Server.Clock.Advance(TimeSpan.FromSeconds(5));
        await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        var later = Assert.Single(await tenant.UsersAsync());
        Assert.StartsWith("wechat-", later.Name, StringComparison.Ordinal);
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-user?id={tenant.Organization}/{later.Name}&columns=name", new JsonObject { ["name"] = "Mei" }));
        await tenant.SignInAsync(tenant.Code("mei"));

        var activity = (await administrator.GetAsync($"/api/get-user-activity?id={tenant.Organization}/Mei"))["data"]!;

        Assert.Equal([("openid", tenant.MiniProgram.AppId), ("unionid", $"organization:{tenant.Organization}")], activity["identities"]!.AsArray().Select(i => (i!["kind"]!.ToString(), i["issuer"]!.ToString())));
        Assert.Equal(tenant.Application.Replace("app-", "mini-", StringComparison.Ordinal), activity["identities"]![0]!["provider"]!.ToString());
        Assert.Equal(tenant.ClientId, Assert.Single(activity["applications"]!.AsArray())!["clientId"]!.ToString());
        Assert.Equal(["signin", "new-user"], activity["signIns"]!.AsArray().Select(s => s!["action"]!.ToString()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Signing_a_user_out_of_one_application_leaves_the_other_and_everywhere_ends_all(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, user) = (await server.NewTenantAsync(), $"/api/sign-out-user?id=");
        using var administrator = await Administrator.OfAsync(server);
        var first = await tenant.SignInAsync(tenant.Code("mei"), "Mei");
        var other = await administrator.WriteAsync("/api/add-application", new JsonObject
        {
            ["owner"] = "admin", ["name"] = "other-" + tenant.Application, ["organization"] = tenant.Organization, ["clientId"] = "other-" + tenant.ClientId, ["enableSignUp"] = true,
            ["providers"] = new JsonArray(new JsonObject { ["owner"] = "admin", ["name"] = tenant.Application.Replace("app-", "mini-", StringComparison.Ordinal) }),
        });
        Assert.Equal("Affected", other);
        var second = await (tenant with { ClientId = "other-" + tenant.ClientId }).SignInAsync(tenant.Code("mei"));

        var one = await administrator.PostAsync($"{user}{tenant.Organization}/Mei&clientId={tenant.ClientId}", "");

        Assert.Equal(1, (int)one.Body["data"]!);
        Assert.Equal((false, true), (await IsGoodAsync(server, first), await IsGoodAsync(server, second)));
        Assert.Equal(1, (int)(await administrator.PostAsync($"{user}{tenant.Organization}/Mei", "")).Body["data"]!);
        Assert.False(await IsGoodAsync(server, second));
        Assert.Equal(0, (int)(await administrator.PostAsync($"{user}{tenant.Organization}/Mei", "")).Body["data"]!);
    }

    private static async Task<bool> IsGoodAsync(TestServer server, Answer tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/get-account", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", tokens["access_token"]);
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await Answer.OfAsync(response))["status"] == "ok";
    }
}
