using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Clients;

/// <summary>Casdoor's own Node library, unmodified, against Postern: its methods, and that their effects can be read back.</summary>
public sealed class CasdoorSdkTests(Servers servers, NpmPackages packages)
{
    private const string Library = "casdoor-nodejs-sdk";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_kind_of_object_is_added_listed_read_updated_and_deleted(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        // Organizations are made by an application of built-in alone.
        var global = await tenant.Server.NewTenantAsync();
        await tenant.Server.ExecuteAsync("update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where name = @Application", new { global.Application });

        var settings = await SettingsAsync(tenant);
        settings["clientId"] = global.ClientId;
        settings["clientSecret"] = global.ClientSecret;
        await RunAsync("objects", settings);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Users_are_managed_and_counted_and_given_passwords(DatabaseDriver driver) => await RunAsync(driver, "users");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Sessions_are_written_down_and_deleted(DatabaseDriver driver) => await RunAsync(driver, "sessions");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Files_are_uploaded_listed_and_deleted(DatabaseDriver driver) => await RunAsync(driver, "resources");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Requests_are_judged_by_a_permission_and_by_a_model(DatabaseDriver driver) => await RunAsync(driver, "enforce");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Addresses_open_our_pages_and_messages_are_refused_in_plain_words(DatabaseDriver driver) => await RunAsync(driver, "addresses");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_code_is_redeemed_verified_refreshed_introspected_and_ended(DatabaseDriver driver)
    {
        // A server of its own: the library looks at the real clock, and other tests step the shared server's.
        await using var server = await TestServer.StartAsync(driver);
        using var flow = await CodeFlow.StartAsync(server);
        var settings = await SettingsAsync(flow.Tenant);
        settings["user"] = "ann";
        // The library knows no PKCE.
        settings["code"] = await flow.CodeAsync(("code_challenge", null), ("code_challenge_method", null), ("scope", "openid profile offline_access"));
        await RunAsync("tokens", settings);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_request_library_of_Mini_Programs_signs_in_changes_the_account_and_signs_out(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        await NodeFlow.RunAsync(packages, "flyio", "miniProgram", new JsonObject
        {
            ["issuer"] = tenant.Server.Http.BaseAddress!.ToString().TrimEnd('/'), ["clientId"] = tenant.ClientId, ["code"] = tenant.Code("mei"),
        }, null, TestContext.Current.CancellationToken);
    }

    private async Task RunAsync(DatabaseDriver driver, string flow) => await RunAsync(flow, await SettingsAsync(await (await servers.OnAsync(driver)).NewTenantAsync($$"""redirect_uris = '["{{CodeFlow.RedirectUri}}"]'""")));

    private Task RunAsync(string flow, JsonObject settings) => NodeFlow.RunAsync(packages, Library, flow, settings, null, TestContext.Current.CancellationToken);

    private static async Task<JsonObject> SettingsAsync(Tenant tenant)
    {
        using var administrator = await Administrator.OfAsync(tenant.Server);
        return new JsonObject
        {
            ["endpoint"] = tenant.Server.Http.BaseAddress!.ToString().TrimEnd('/'),
            ["clientId"] = tenant.ClientId,
            ["clientSecret"] = tenant.ClientSecret,
            ["organization"] = tenant.Organization,
            ["application"] = tenant.Application,
            ["certificate"] = (await administrator.GetAsync("/api/get-cert?id=admin/cert-built-in"))["data"]!["certificate"]!.GetValue<string>(),
            ["mark"] = Guid.NewGuid().ToString("N")[..8],
        };
    }
}
