using System.Text.Json.Nodes;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.CasdoorApi.Calls;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Accounts;
using Postern.Tests.Fixtures;
using Postern.Tests.OpenApi;
using Xunit;

namespace Postern.Tests.Casdoor;

/// <summary>The codes that programs decide by, beside the text of an error.</summary>
public sealed class ErrorCodeTests(Servers servers)
{
    [Fact]
    public async Task Every_code_is_unique_listed_and_documented()
    {
        var names = ErrorCode.All.Select(c => c.Name).ToList();
        var declared = typeof(ErrorCode).GetFields().Select(f => f.GetValue(null)).OfType<ErrorCode>().Select(c => c.Name);
        var schema = (await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite))).Schema("ErrorCode");

        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
        Assert.Equal(declared.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        Assert.Equal(names, schema["enum"]!.AsArray().Select(n => n!.ToString()));
        Assert.All(ErrorCode.All, code => Assert.Contains($"`{code.Name}`: {code.Meaning} {code.ChineseMeaning}", schema["description"]!.ToString(), StringComparison.Ordinal));
        Assert.All(names, name => Assert.Matches("^[a-z]+(_[a-z]+)*$", name));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_error_tells_programs_what_it_is(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        var (organization, application) = (host.Tenant.Organization, host.Tenant.Application);
        await host.AddUserAsync(organization, "mei", "right-password");
        var han = "Bearer " + (await host.SignInAsync("han"))["access_token"]!;

        Assert.Equal("unauthorized", (await host.GetAsync("/api/get-account"))["code"]);
        Assert.Equal("unauthorized", (await host.GetAsync("/api/get-roles?owner=" + organization))["code"]);
        Assert.Equal("unauthorized", (await host.GetAsync("/api/get-account", "Bearer nothing"))["code"]);
        Assert.Equal("access_denied", (await host.GetAsync("/api/get-roles?owner=" + organization, han))["code"]);
        Assert.Equal("not_found", (await LoginAsync(host, "no-such-application", "mei", "right-password"))["code"]);
        Assert.Equal("invalid_request", (await LoginAsync(host, application, "mei", ""))["code"]);
        Assert.Equal("wrong_credentials", (await LoginAsync(host, application, "mei", "wrong"))["code"]);
        Assert.Equal("wrong_credentials", (await LoginAsync(host, application, "no-such-user", "wrong"))["code"]);
        Assert.Equal("not_offered", (await host.GetAsync("/api/get-saml-login"))["code"]);

        await host.ExecuteAsync("update users set is_forbidden = true where name = 'mei' and owner = @organization", new { organization });
        var refused = await LoginAsync(host, application, "mei", "right-password");
        Assert.Equal(("sign_in_refused", GateRefusal.Forbidden.Cause), (refused["code"], refused["reason"]));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_locked_account_answers_too_many_requests(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        await host.AddUserAsync(host.Tenant.Organization, "mei", "right-password");
        for (var i = 0; i < 5; i++)
        {
            await LoginAsync(host, host.Tenant.Application, "mei", "wrong");
        }

        Assert.Equal("too_many_requests", (await LoginAsync(host, host.Tenant.Application, "mei", "right-password"))["code"]);
    }

    [Theory]
    [InlineData(401, "invalid_token", "unauthorized")]
    [InlineData(403, "insufficient_scope", "access_denied")]
    [InlineData(404, "invalid_request", "not_found")]
    [InlineData(409, "invalid_request", "conflict")]
    [InlineData(413, "invalid_request", "invalid_request")]
    [InlineData(429, "invalid_grant", "too_many_requests")]
    [InlineData(500, "server_error", "internal_error")]
    [InlineData(503, "temporarily_unavailable", "temporarily_unavailable")]
    [InlineData(400, "interaction_required", "password_change_required")]
    [InlineData(400, "invalid_grant", "sign_in_refused")]
    public void A_refusal_of_the_server_has_the_code_of_its_status_or_error(int status, string error, string code) =>
        Assert.Equal(code, ErrorCode.Of(new OAuthError(error, "text", status)).Name);

    [Fact]
    public void An_expired_password_asks_for_a_new_one() => Assert.Equal(ErrorCode.PasswordChangeRequired, ErrorCode.Of(GateRefusal.PasswordExpired));

    [Fact]
    public async Task A_success_has_no_code()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var answer = await host.GetAsync("/api/get-account", "Bearer " + (await host.SignInAsync("han"))["access_token"]!);

        Assert.False(JsonNode.Parse(answer.Text)!.AsObject().ContainsKey("code"));
    }

    private static Task<Answer> LoginAsync(AccountsHost host, string application, string name, string password) => host.SendAsync(
        HttpMethod.Post, "/api/login", null,
        $$"""{"type":"login","application":"{{application}}","organization":"{{host.Tenant.Organization}}","username":"{{name}}","password":"{{password}}"}""");
}
