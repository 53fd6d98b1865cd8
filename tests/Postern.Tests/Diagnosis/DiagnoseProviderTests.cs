using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Diagnosis;

/// <summary>What is wrong with a Mini Program's set-up is told by the check that it belongs to, with a remedy in both languages.</summary>
public sealed class DiagnoseProviderTests(Servers servers)
{
    private const string AppSecret = "0123456789abcdef0123456789abcdef";

    private static readonly (string What, SandboxApp Real, string Check, string State, int Code)[] Troubles =
    [
        ("a secret that was reset", Real() with { AppSecret = "another-secret" }, "appSecret", "wrong", 40125),
        ("a frozen secret", Real() with { Frozen = true }, "appSecret", "wrong", 40243),
        ("an appid that nobody knows", Real() with { AppId = "wxsandboxunknown1" }, "appId", "wrong", 40013),
        ("a white list without us", Real() with { IpWhitelist = ["203.0.113.9"] }, "ipAllowed", "warning", 40164),
    ];

    public static TheoryData<DatabaseDriver, int> EachTrouble() =>
        [.. Databases.Both.SelectMany(driver => Enumerable.Range(0, Troubles.Length).Select(i => (driver.Data, i)))];

    [Theory, MemberData(nameof(EachTrouble))]
    public async Task Each_trouble_is_told_by_its_check_with_a_remedy(DatabaseDriver driver, int index)
    {
        var (_, real, check, state, code) = Troubles[index];
        var server = await servers.OnAsync(driver);
        var id = "wxsandbox" + Guid.NewGuid().ToString("N")[..9];
        // What the provider has, and then what WeChat has.
        var tenant = await server.NewTenantAsync(miniProgram: new SandboxApp { AppId = id, AppSecret = AppSecret });
        server.WeChat.Register(real with { AppId = real.AppId == "wxsandboxunknown1" ? real.AppId : id });
        if (real.AppId == "wxsandboxunknown1")
        {
            using var administrator = await Administrator.OfAsync(server);
            Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-provider?id=admin/{ProviderOf(tenant)}", new JsonObject { ["clientId"] = "wxsandboxnobodys1" }));
        }

        var checks = await DiagnoseAsync(tenant);

        Assert.Equal((state, code), (checks[check]["state"]!.ToString(), (int)checks[check]["code"]!));
        Assert.NotEqual("", checks[check]["remedy"]!["en"]!.ToString());
        Assert.Matches("[一-鿿]", checks[check]["remedy"]!["zh"]!.ToString());
        if (check == "ipAllowed")
        {
            Assert.Equal(("ok", "ok", "127.0.0.1"), (checks["appId"]["state"]!.ToString(), checks["appSecret"]["state"]!.ToString(), checks[check]["value"]!.ToString()));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_good_set_up_waits_for_the_first_sign_in_and_then_names_who_came(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();

        var before = await DiagnoseAsync(tenant);
        Assert.Equal(200, (await tenant.SignInAsync(tenant.Code("mei"), "Mei")).Status);
        var after = await DiagnoseAsync(tenant, "&only=firstSignIn");

        Assert.Equal(
            ["appId ok", "appSecret ok", "ipAllowed ok", "application ok", "signUp ok", "tokenLifetime ok", "credentialsInQuery ok", "origin wrong", "serverDomain warning", "unionId waiting", "firstSignIn waiting"],
            before.Values.Select(c => $"{c["name"]} {c["state"]}"));
        Assert.Equal("7200", before["tokenLifetime"]["value"]!.ToString());
        Assert.Equal(["unionId ok", "firstSignIn ok"], after.Values.Select(c => $"{c["name"]} {c["state"]}"));
        Assert.Equal($"{tenant.Organization}/Mei", after["firstSignIn"]["value"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task WeChat_that_does_not_answer_is_unknown_and_nothing_else_is_lost(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        foreach (var route in new[] { "jscode2session", "stable_token" })
        {
            tenant.Server.WeChat.Inject(new SandboxFault { Route = route, AppId = tenant.MiniProgram.AppId, Times = 10, Fault = new FaultKind { Status = 502 } });
        }

        var checks = await DiagnoseAsync(tenant);

        Assert.Equal(["unknown", "unknown", "unknown", "ok"], new[] { "appId", "appSecret", "ipAllowed", "application" }.Select(name => checks[name]["state"]!.ToString()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Closed_sign_up_a_long_life_and_a_missing_application_are_told(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var closed = await DiagnoseAsync(await server.NewTenantAsync("enable_sign_up = false, expire_in_hours = 168"));
        var alone = await DiagnoseAsync(await server.NewTenantAsync("providers = '[]'"));

        Assert.Equal(("warning", "warning", "604800"), (closed["signUp"]["state"]!.ToString(), closed["tokenLifetime"]["state"]!.ToString(), closed["tokenLifetime"]["value"]!.ToString()));
        Assert.Equal("wrong", alone["application"]["state"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_application_is_found_behind_a_thousand_older_ones(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        const string Copied =
            """
            owner, organization, organization_id, client_secret, display_name, enable_sign_up, enable_password, disable_signin, is_shared, api_access,
            grant_types, redirect_uris, scopes, cert, token_format, token_signing_method, token_endpoint_auth_method, token_fields, token_attributes,
            expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours, failed_signin_limit, failed_signin_frozen_time, body
            """;
        await server.Database.WriteAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                $"""
                with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 1100)
                insert into applications (id, name, client_id, created_time, providers, {Copied})
                select id || n, name || '-' || n, client_id || n, 0, '[]', {Copied} from applications, numbers where name = @Application
                """, new { tenant.Application }, transaction);
            return Written.Commit(true);
        });

        var checks = await DiagnoseAsync(tenant);

        Assert.Equal(("ok", tenant.Application), (checks["application"]["state"]!.ToString(), checks["application"]["value"]!.ToString()));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Neither_the_answer_nor_the_record_nor_the_log_holds_the_secret_and_the_seventh_in_a_minute_is_refused(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        using var administrator = await Administrator.OfAsync(server);
        var path = $"/api/diagnose-provider?id=admin/{ProviderOf(tenant)}";
        var texts = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            texts.Add((await administrator.PostAsync(path, "")).Body.ToJsonString());
        }

        server.Clock.Advance(TimeSpan.FromMinutes(1));
        texts.Add((await administrator.PostAsync(path, "")).Body.ToJsonString());

        Assert.Equal(["ok", "ok", "ok", "ok", "ok", "ok", "error", "ok"], texts.Select(t => JsonNode.Parse(t)!["status"]!.ToString()));
        var everything = string.Concat(texts) + await server.DumpAsync() + string.Concat(server.Log.Lines);
        Assert.DoesNotContain(tenant.MiniProgram.AppSecret, everything, StringComparison.Ordinal);
        Assert.Contains("diagnose-provider", everything, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_no_mini_program_of_ours_is_refused_in_plain_words(DatabaseDriver driver)
    {
        using var administrator = await Administrator.OfAsync(await servers.OnAsync(driver));

        Assert.Equal("there is no such provider", (await administrator.PostAsync("/api/diagnose-provider?id=admin/nobody", "")).Body["msg"]!.ToString());
        Assert.Equal("only a provider of the type WeChatMiniProgram can be diagnosed", (await administrator.PostAsync("/api/diagnose-provider?id=admin/provider_captcha_default", "")).Body["msg"]!.ToString());
        Assert.Equal("id must name the provider as owner/name", (await administrator.PostAsync("/api/diagnose-provider", "")).Body["msg"]!.ToString());
    }

    private static SandboxApp Real() => new() { AppId = "", AppSecret = AppSecret };

    private static string ProviderOf(Tenant tenant) => tenant.Application.Replace("app-", "mini-", StringComparison.Ordinal);

    private static async Task<Dictionary<string, JsonNode>> DiagnoseAsync(Tenant tenant, string query = "")
    {
        using var administrator = await Administrator.OfAsync(tenant.Server);
        var (_, body) = await administrator.PostAsync($"/api/diagnose-provider?id=admin/{ProviderOf(tenant)}{query}", "");
        return body["data"]!["checks"]!.AsArray().ToDictionary(c => c!["name"]!.ToString(), c => c!);
    }
}
