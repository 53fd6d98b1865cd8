using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Routes;

public sealed class RotateClientSecretTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_new_secret_is_told_once_and_the_old_one_is_good_for_nothing_at_once(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync("grant_types = '[\"client_credentials\"]'");
        using var administrator = await Administrator.OfAsync(server);

        var answer = await administrator.PostAsync($"/api/rotate-client-secret?id=admin/{tenant.Application}", "");

        var secret = answer.Body["data"]!.ToString();
        Assert.Matches("^[0-9a-f]{40}$", secret);
        Assert.Equal(401, (await CredentialsAsync(tenant, tenant.ClientSecret)).Status);
        Assert.Equal(200, (await CredentialsAsync(tenant, secret)).Status);
        var record = (await administrator.PostAsync("/api/get-records-filter?p=1&pageSize=1", new JsonObject { ["action"] = "rotate-client-secret", ["target"] = $"admin/{tenant.Application}" }.ToJsonString())).Body["data"]![0]!;
        Assert.DoesNotContain(secret, record.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, string.Concat(server.Log.Lines), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Another_organizations_application_and_the_console_are_refused(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, stranger) = (await server.NewTenantAsync("grant_types = '[\"client_credentials\"]'"), await server.NewTenantAsync());
        using var administrator = await Administrator.OfAsync(server);
        using var http = stranger.AsApplication();

        using var response = await http.PostAsync(new Uri($"/api/rotate-client-secret?id=admin/{tenant.Application}", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal("Unauthorized operation", (await Answer.OfAsync(response))["msg"]);
        Assert.Equal(200, (await CredentialsAsync(tenant, tenant.ClientSecret)).Status);
        Assert.Equal("the console has no secret: it is a public client", (await administrator.PostAsync("/api/rotate-client-secret?id=admin/app-console", "")).Body["msg"]!.ToString());
    }

    private static Task<Answer> CredentialsAsync(Tenant tenant, string secret) =>
        tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", secret));
}
