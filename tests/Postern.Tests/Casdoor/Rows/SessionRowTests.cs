using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Accounts;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Rows;

/// <summary>The session routes: browsers' sign-ins at us are shown and ended, and a written row signs no user in.</summary>
public sealed class SessionRowTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_browsers_sign_in_is_shown_by_no_value_that_opens_it_and_ends_when_it_is_deleted(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var (organization, application) = (host.Tenant.Organization, RowCaller.Of(host.Tenant));
        await host.AddUserAsync(organization, "ann", "right-password");
        var (first, second) = (AccountsHost.Cookie(await host.LoginAsync("ann", "right-password")), AccountsHost.Cookie(await host.LoginAsync("ann", "right-password")));

        var shown = (await application.DataAsync($"/api/get-session?sessionPkId={organization}/ann/"))!.AsObject();

        Assert.Equal(["owner", "name", "application", "createdTime", "sessionId", "ExclusiveSignin"], shown.Select(p => p.Key));
        var ids = shown["sessionId"]!.AsArray().Select(i => i!.GetValue<string>()).ToList();
        Assert.Equal(2, ids.Count);
        Assert.All(ids, id => Assert.False(first.Contains(id, StringComparison.Ordinal) || second.Contains(id, StringComparison.Ordinal)));
        foreach (var id in ids)
        {
            Assert.Equal("Please login first", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", "postern_session=" + id)))["msg"]);
        }

        Assert.Equal(shown.ToJsonString(), Assert.Single((await application.DataAsync("/api/get-sessions?owner=" + organization))!.AsArray())!.ToJsonString());
        Assert.True((await application.DataAsync($"/api/is-session-duplicated?sessionPkId={organization}/ann/&sessionId={ids[0]}"))!.GetValue<bool>());
        Assert.Equal("a browser's sign-in cannot be changed: delete-session ends it", await application.WriteAsync($"/api/update-session?id={organization}/ann", new() { ["sessionId"] = new JsonArray(ids[0]) }));

        Assert.Equal("Affected", await application.WriteAsync($"/api/delete-session?id={organization}/ann", new() { ["owner"] = organization, ["name"] = "ann" }));

        foreach (var cookie in new[] { first, second })
        {
            Assert.Equal("Please login first", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", cookie)))["msg"]);
        }

        Assert.Null(await application.DataAsync($"/api/get-session?sessionPkId={organization}/ann/"));
        Assert.Equal("Unaffected", await application.WriteAsync($"/api/delete-session?id={organization}/ann", new() { ["owner"] = organization, ["name"] = "ann" }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_deletion_says_how_many_offline_grants_live_on_and_ends_them_when_asked(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver));
        var (organization, basic) = (flow.Tenant.Organization, Api.Basic(flow.Tenant.ClientId, flow.Tenant.ClientSecret));
        var (online, offline) = (await flow.TokensAsync(), await flow.TokensAsync(("scope", "openid offline_access")));
        Task<Answer> DeleteAsync(string more) =>
            flow.Tenant.Server.PostJsonAsync($"/api/delete-session?id={organization}/ann{more}", $$"""{"owner":"{{organization}}","name":"ann"}""", basic);

        var deleted = await DeleteAsync("");

        Assert.Equal(("Affected", """{"offlineGrants":1}"""), (deleted["data"], deleted["data2"]));
        Assert.Equal(401, (await flow.UserInfoAsync(online["access_token"])).Status);
        var renewed = await flow.Tenant.RefreshAsync(offline["refresh_token"]!);
        Assert.Equal(200, renewed.Status);
        var ended = await DeleteAsync("&endOffline=true");
        Assert.Equal(("Affected", """{"offlineGrants":0}"""), (ended["data"], ended["data2"]));
        Assert.Equal("invalid_grant", (await flow.Tenant.RefreshAsync(renewed["refresh_token"]!))["error"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_session_that_a_client_writes_down_is_kept_and_signs_nobody_in(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var (organization, application) = (host.Tenant.Organization, RowCaller.Of(host.Tenant));
        await host.AddUserAsync(organization, "ann", "right-password");
        JsonObject Session(params string[] ids) => new()
        {
            ["owner"] = organization, ["name"] = "ann", ["application"] = "app", ["sessionId"] = new JsonArray([.. ids.Select(i => JsonValue.Create(i))]),
        };

        Assert.Equal("Unaffected", await application.WriteAsync($"/api/update-session?id={organization}/ann", Session("s1")));
        Assert.Equal("Affected", await application.WriteAsync($"/api/add-session?id={organization}/ann", Session("s1")));
        Assert.Equal("Affected", await application.WriteAsync($"/api/add-session?id={organization}/ann", Session("s1", "s2")));
        Assert.Equal(["s1", "s2"], await IdsAsync());
        Assert.Equal("Please login first", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", "postern_session=s1")))["msg"]);

        var update = Session("s3");
        update["ExclusiveSignin"] = true;
        Assert.Equal("Affected", await application.WriteAsync($"/api/update-session?id={organization}/ann", update));
        Assert.Equal(["s3"], await IdsAsync());
        Assert.True((await application.DataAsync(Path()))!["ExclusiveSignin"]!.GetValue<bool>());
        Assert.False((await application.DataAsync($"/api/is-session-duplicated?sessionPkId={organization}/ann/app&sessionId=s3"))!.GetValue<bool>());
        Assert.Equal("GetOwnerAndNameFromId() error, wrong token count for ID: x", await application.MessageAsync("/api/get-session?sessionPkId=x"));

        var cookie = AccountsHost.Cookie(await host.LoginAsync("ann", "right-password"));
        Assert.Equal("Affected", await application.WriteAsync($"/api/delete-session?id={organization}/ann", Session()));
        Assert.Null(await application.DataAsync(Path()));
        Assert.Equal("ann", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", cookie)))["name"]);

        string Path() => $"/api/get-session?sessionPkId={organization}/ann/app";

        async Task<IEnumerable<string>> IdsAsync() => (await application.DataAsync(Path()))!["sessionId"]!.AsArray().Select(i => i!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_ends_his_own_sessions_and_nobody_elses(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        await using var foreign = await AccountsHost.StartAsync(host.Tenant.Server);
        var organization = host.Tenant.Organization;
        await host.AddUserAsync(organization, "ann", "right-password");
        await host.AddUserAsync(organization, "bob", "right-password");
        await foreign.AddUserAsync(foreign.Tenant.Organization, "ann", "right-password");
        var (ann, bob) = (AccountsHost.Cookie(await host.LoginAsync("ann", "right-password")), AccountsHost.Cookie(await host.LoginAsync("bob", "right-password")));
        var namesake = AccountsHost.Cookie(await foreign.LoginAsync("ann", "right-password"));
        var body = $$"""{"owner":"{{organization}}","name":"ann"}""";
        foreach (var cookie in new[] { bob, namesake })
        {
            Assert.Equal("Unauthorized operation", (await host.SendAsync(HttpMethod.Post, "/api/delete-session", body: body, headers: ("Cookie", cookie)))["msg"]);
            Assert.Equal("Unauthorized operation", (await host.SendAsync(HttpMethod.Get, $"/api/get-session?sessionPkId={organization}/ann/", headers: ("Cookie", cookie)))["msg"]);
            Assert.Equal("Unauthorized operation", (await host.SendAsync(HttpMethod.Get, "/api/get-sessions?owner=" + organization, headers: ("Cookie", cookie)))["msg"]);
        }

        Assert.Equal("Unauthorized operation", await RowCaller.Of(foreign.Tenant).MessageAsync("/api/get-sessions?owner=" + organization));
        Assert.Equal("Unauthorized operation", (await host.SendAsync(HttpMethod.Post, "/api/add-session", body: body, headers: ("Cookie", ann)))["msg"]);

        Assert.Equal("Affected", (await host.SendAsync(HttpMethod.Post, "/api/delete-session", body: body, headers: ("Cookie", ann)))["data"]);

        Assert.Equal("Please login first", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", ann)))["msg"]);
        Assert.Equal("bob", (await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", bob)))["name"]);
        Assert.Equal("ann", (await foreign.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Cookie", namesake)))["name"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Pages_hold_an_organizations_sessions_alone(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var (organization, application) = (host.Tenant.Organization, RowCaller.Of(host.Tenant));
        foreach (var name in new[] { "ann", "bob", "eve" })
        {
            host.Tenant.Server.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("Affected", await application.WriteAsync("/api/add-session", new() { ["owner"] = organization, ["name"] = name, ["application"] = "app" }));
        }

        var page = await application.GetAsync($"/api/get-sessions?owner={organization}&p=1&pageSize=2");

        Assert.Equal(["eve", "bob"], page["data"]!.AsArray().Select(s => s!["name"]!.GetValue<string>()));
        Assert.Equal(3, page["data2"]!.GetValue<int>());
        Assert.Equal("ann", Assert.Single((await application.DataAsync($"/api/get-sessions?owner={organization}&p=2&pageSize=2"))!.AsArray())!["name"]!.GetValue<string>());
        Assert.Equal("ann", Assert.Single((await application.DataAsync($"/api/get-sessions?owner={organization}&p=1&pageSize=9&field=name&value=AN"))!.AsArray())!["name"]!.GetValue<string>());
    }
}
