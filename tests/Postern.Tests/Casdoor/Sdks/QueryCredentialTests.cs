using System.Text.Json.Nodes;
using Postern.AuthorizationServer;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Statistics;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>Credentials in the address of a call: who may send them, and who hears of it.</summary>
public sealed class QueryCredentialTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Two_clients_in_one_request_are_refused_and_the_same_one_twice_is_not(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await PasswordTenantAsync(server), await PasswordTenantAsync(server));
        await tenant.AddUserAsync("ann");
        var token = await TokenAsync(tenant, "ann");
        var (own, foreign) = (Api.Basic(tenant.ClientId, tenant.ClientSecret), Api.Basic(other.ClientId, other.ClientSecret));
        var (users, account) = ($"/api/get-users?owner={tenant.Organization}&{InQuery(tenant)}", "/api/get-account?access_token=" + token);

        Assert.Equal("ok", (await server.GetAsync(users, own))["status"]);
        Assert.Equal(QueryCredentials.TwoCallers.English, (await server.GetAsync(users, foreign))["msg"]);
        Assert.Equal(QueryCredentials.TwoCallers.English, (await server.GetAsync(users, "Bearer " + token))["msg"]);
        Assert.Equal("ann", (await server.GetAsync(account, own)).Body.GetProperty("data").GetProperty("name").GetString());
        Assert.Equal(QueryCredentials.TwoCallers.English, (await server.GetAsync(account, foreign))["msg"]);
        Assert.Equal(QueryCredentials.TwoCallers.English, (await server.GetAsync($"{account}&{InQuery(other)}"))["msg"]);
        Assert.Equal(QueryCredentials.TwoCallers.English, (await server.GetAsync(account, Api.Basic(tenant.ClientId, "wrong")))["msg"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_secret_in_an_address_reaches_its_own_organization_by_every_verb_and_no_other(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        await other.AddUserAsync("carol");
        var credentials = InQuery(tenant);
        foreach (var (path, owner) in new[]
        {
            ($"/api/update-user?id={other.Organization}/carol", tenant.Organization), ($"/api/update-user?id=/carol", other.Organization), ("/api/update-user?id=null/carol", other.Organization),
            ("/api/update-user?id=admin/carol", other.Organization), ($"/api/add-user?id={tenant.Organization}/carol", other.Organization), ($"/api/delete-user?id={tenant.Organization}/carol", other.Organization),
            ($"/api/add-role?id={tenant.Organization}/r", other.Organization), ($"/api/update-role?id=/r", other.Organization), ($"/api/delete-role?id={tenant.Organization}/r", other.Organization),
        })
        {
            var answer = await server.PostJsonAsync($"{path}&{credentials}", $$"""{"owner":"{{owner}}","name":"carol","displayName":"taken"}""");
            Assert.NotEqual("Affected", answer["data"]);
        }

        var carol = Assert.Single(await other.UsersAsync());
        Assert.Equal(("carol", ""), (carol.Name, carol.DisplayName));
        Assert.Equal("error", (await server.GetAsync($"/api/get-users?owner={other.Organization}&{credentials}"))["status"]);
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_use_an_address_with_credentials()
    {
        var tenant = await PasswordTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var path = $"/api/get-users?owner={tenant.Organization}&{InQuery(tenant)}";
        foreach (var header in new[] { ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example") })
        {
            Assert.Equal(QueryCredentials.OfAnotherSite.English, (await tenant.Server.GetAsync(path, null, header))["msg"]);
            var token = await tenant.Server.SendAsync(HttpMethod.Post, $"/api/login/oauth/access_token?grant_type=client_credentials&{ForToken(tenant)}", null, null, header);
            Assert.Equal((400, "invalid_request"), (token.Status, token["error"]));
        }
    }

    [Fact]
    public async Task An_access_token_in_an_address_reads_and_never_writes()
    {
        var tenant = await PasswordTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await tenant.AddUserAsync("ann");
        var token = await TokenAsync(tenant, "ann");

        Assert.Equal("ok", (await tenant.Server.GetAsync("/api/get-account?accessToken=" + token))["status"]);
        Assert.Equal(QueryCredentials.OnReadsOnly.English, (await tenant.Server.PostJsonAsync("/api/update-user?access_token=" + token, """{"displayName":"x"}"""))["msg"]);
        Assert.Equal("", Assert.Single(await tenant.UsersAsync()).DisplayName);
    }

    [Fact]
    public async Task A_token_request_may_stand_in_the_query_but_not_with_a_password_or_with_two_values()
    {
        var tenant = await PasswordTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await tenant.AddUserAsync("ann");
        var path = $"/api/login/oauth/access_token?{ForToken(tenant)}";

        Assert.Equal(200, (await tenant.Server.SendAsync(HttpMethod.Post, path + "&grant_type=client_credentials", null)).Status);
        var two = await tenant.Server.PostFormAsync(path, [("grant_type", "client_credentials"), ("client_secret", "another")]);
        Assert.Equal((400, "invalid_request"), (two.Status, two["error"]));
        var password = await tenant.Server.SendAsync(HttpMethod.Post, $"{path}&grant_type=password&username=ann&password={PasswordUsers.Password}", null);
        Assert.Equal((400, "invalid_request"), (password.Status, password["error"]));
    }

    [Fact]
    public async Task A_client_secret_in_the_address_of_a_page_is_refused_there_and_not_shown()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.Browser.OpenAsync(flow.Address(("client_secret", flow.Tenant.ClientSecret)));

        Assert.Equal(400, page.Status);
        Assert.Null(page.LeadsTo);
        Assert.Contains("make a new secret", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(flow.Tenant.ClientSecret, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_setting_ends_it()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { CredentialsInQuery = CredentialsInQuery.Refuse });
        var tenant = await PasswordTenantAsync(server);

        Assert.Equal(QueryCredentials.SwitchedOff.English, (await server.GetAsync($"/api/get-users?owner={tenant.Organization}&{InQuery(tenant)}"))["msg"]);
        Assert.Equal("invalid_request", (await server.SendAsync(HttpMethod.Post, $"/api/login/oauth/access_token?grant_type=client_credentials&{ForToken(tenant)}", null))["error"]);
        Assert.Equal("ok", (await server.GetAsync("/api/get-users?owner=" + tenant.Organization, Api.Basic(tenant.ClientId, tenant.ClientSecret)))["status"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Administrators_see_who_does_it_and_nothing_of_what_was_sent_is_kept(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await PasswordTenantAsync(server);
        await tenant.AddUserAsync("ann");
        var token = await TokenAsync(tenant, "ann");
        await server.GetAsync($"/api/get-users?owner={tenant.Organization}&{InQuery(tenant)}");
        var first = await server.GetAsync("/api/get-account?access_token=" + token);
        Assert.Equal("no-referrer", first.Headers.GetValues("Referrer-Policy").Single());
        await server.SendAsync(HttpMethod.Post, $"/api/login/oauth/access_token?grant_type=client_credentials&{ForToken(tenant)}", null);
        await ((QueryCredentialUse)server.Services.GetService(typeof(QueryCredentialUse))!).FlushAsync();
        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.GetAsync($"/api/get-users?owner={tenant.Organization}&{InQuery(tenant)}");
        await ((QueryCredentialUse)server.Services.GetService(typeof(QueryCredentialUse))!).FlushAsync();

        var seen = JsonNode.Parse((await server.GetAsync("/api/get-statistics", Api.Basic(tenant.ClientId, tenant.ClientSecret))).Text)!["data"]!["credentialsInQuery"]!.AsArray();

        var one = Assert.Single(seen)!;
        Assert.Equal(tenant.Application, one["name"]!.GetValue<string>());
        Assert.NotEqual(one["since"]!.GetValue<string>(), one["last"]!.GetValue<string>());
        var other = await server.NewTenantAsync();
        Assert.Empty(JsonNode.Parse((await server.GetAsync("/api/get-statistics", Api.Basic(other.ClientId, other.ClientSecret))).Text)!["data"]!["credentialsInQuery"]!.AsArray());
        var kept = await server.DumpAsync() + string.Join('\n', server.Log.Lines.Where(l => !l.StartsWith("Debug", StringComparison.Ordinal)));
        Assert.DoesNotContain(tenant.ClientSecret, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(token, kept, StringComparison.Ordinal);
    }

    private static Task<Tenant> PasswordTenantAsync(TestServer server) => server.NewTenantAsync("grant_types = '[\"password\",\"client_credentials\"]'");

    private static string InQuery(Tenant tenant) => $"clientId={tenant.ClientId}&clientSecret={tenant.ClientSecret}";

    private static string ForToken(Tenant tenant) => $"client_id={tenant.ClientId}&client_secret={tenant.ClientSecret}";

    private static async Task<string> TokenAsync(Tenant tenant, string user) => (await tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", user), ("password", PasswordUsers.Password)))["access_token"]!;
}
