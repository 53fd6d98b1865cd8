using System.Text;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

public sealed class AccountReadTests(Servers servers)
{
    [Fact]
    public async Task A_Mini_Program_token_reads_the_account_and_a_bare_userinfo()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var signin = await host.SignInAsync("mei");
        var sub = signin.Claims("access_token").GetProperty("sub").GetString();

        var account = await host.GetAsync("/api/get-account", "bearer " + signin["access_token"]);
        var info = await host.GetAsync("/api/userinfo", "Bearer " + signin["access_token"]);

        Assert.Equal((sub, "mei", ""), (account["sub"], account["name"], account.Body.GetProperty("data").GetProperty("accessToken").GetString()));
        Assert.False(account.Headers.Contains("Set-Cookie"));
        Assert.Equal($$"""{"sub":"{{sub}}","iss":"{{host.Tenant.Server.Issuer}}","aud":"{{host.Tenant.ClientId}}"}""", info.Text);
        Assert.Equal("mei", (await host.GetAsync("/api/get-account?accessToken=" + signin["access_token"]))["name"]);
    }

    [Fact]
    public async Task Userinfo_tells_by_whole_words_of_the_scope()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await host.SignInAsync("mei"))["access_token"]!;
        await host.UpdateAsync(token, """{"email":"mei@example.com","phone":"13800138005"}""");
        await host.ExecuteAsync("update tokens set scope = 'openid email telephone' where organization_id = (select id from organizations where name = @Organization)", new { host.Tenant.Organization });

        var info = await host.SendAsync(HttpMethod.Post, "/api/userinfo", "Bearer " + token);

        Assert.Equal(["sub", "iss", "aud", "email", "email_verified"], info.Body.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Userinfo_without_a_good_token_is_401_with_a_challenge()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var nobody = await host.GetAsync("/api/userinfo");
        var bad = await host.GetAsync("/api/userinfo", "Bearer nonsense");

        Assert.Equal((401, "Bearer", "Please login first"), (nobody.Status, nobody.Headers.WwwAuthenticate.ToString(), nobody["data"]));
        Assert.Equal((401, "Bearer error=\"invalid_token\""), (bad.Status, bad.Headers.WwwAuthenticate.ToString()));
        Assert.Equal("""{"status":"error","msg":"Access token doesn't exist in database","code":"unauthorized","data":null,"data2":null}""", bad.Text);
    }

    [Fact]
    public async Task Profiles_are_closed_until_the_organization_opens_them_and_then_show_no_secrets()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var organization = host.Tenant.Organization;
        await host.SignInAsync("mei");
        var token = (await host.SignInAsync("wei"))["access_token"]!;
        var path = $"/api/get-user?id={organization}/mei";

        Assert.Equal("Please login first", (await host.GetAsync(path))["msg"]);
        Assert.Equal("Unauthorized operation", (await host.GetAsync(path, "Bearer " + token))["msg"]);
        Assert.Equal("Unauthorized operation", (await host.GetAsync($"/api/get-user?id={organization}/ghost", "Bearer " + token))["msg"]);
        Assert.Equal("Unauthorized operation", (await host.GetAsync("/api/get-user?email=a@b.c", "Bearer " + token))["msg"]);
        await host.ExecuteAsync("update organizations set is_profile_public = true where name = @organization", new { organization });

        var shown = (await host.GetAsync(path)).Body.GetProperty("data");

        Assert.Equal("mei", shown.GetProperty("displayName").GetString());
        Assert.Equal(("", ""), (shown.GetProperty("wechat").GetString(), shown.GetProperty("lastSigninIp").GetString()));
        Assert.Equal("null", shown.GetProperty("properties").GetRawText());
        Assert.NotEqual("", (await host.GetAsync("/api/get-account", "Bearer " + token)).Body.GetProperty("data").GetProperty("wechat").GetString());
    }

    [Fact]
    public async Task An_application_reads_its_own_organizations_users_and_a_wrong_secret_is_nobody()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await host.SignInAsync("mei");
        var other = await host.Tenant.Server.NewTenantAsync();
        var path = $"/api/get-user?id={host.Tenant.Organization}/mei";
        string Basic(string id, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(id + ":" + secret));

        Assert.Equal("ok", (await host.GetAsync(path, Basic(Uri.EscapeDataString(host.Tenant.ClientId), host.Tenant.ClientSecret)))["status"]);
        Assert.Equal("Unauthorized operation", (await host.GetAsync(path, Basic(other.ClientId, other.ClientSecret)))["msg"]);
        Assert.Equal("Please login first", (await host.GetAsync(path, Basic(host.Tenant.ClientId, "wrong")))["msg"]);
        await host.ExecuteAsync("update applications set api_access = 'none' where name = @Application", new { host.Tenant.Application });
        Assert.Equal("Please login first", (await host.GetAsync(path, Basic(host.Tenant.ClientId, host.Tenant.ClientSecret)))["msg"]);
    }
}
