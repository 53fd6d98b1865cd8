using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc6749;

/// <summary>RFC 6749 §4.4.</summary>
public sealed class ClientCredentialsTests(Servers servers)
{
    private const string Listed = """grant_types = '["client_credentials"]'""";
    private const string Path = "/api/login/oauth/access_token";

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_gets_a_token_for_itself_by_header_or_body_and_nothing_to_refresh(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), Listed);

        var byHeader = await flow.Client.PostAsync(Path, flow.Basic, ("grant_type", "client_credentials"));
        var byBody = await flow.Client.PostAsync(Path, null, ("grant_type", "client_credentials"), ("client_id", flow.Tenant.ClientId), ("client_secret", flow.Tenant.ClientSecret));

        foreach (var answer in new[] { byHeader, byBody })
        {
            Assert.Equal((200, null, null), (answer.Status, answer["refresh_token"], answer["id_token"]));
            var seen = await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", answer["access_token"]));
            Assert.Equal(("True", "admin/" + flow.Tenant.Application, flow.Tenant.ClientId), (seen["active"], seen["sub"], seen["client_id"]));
        }
    }

    [Theory]
    [InlineData("a+b%2Fc")]
    [InlineData("100%+secure")]
    [InlineData("sp ace%20+%")]
    [InlineData("é小/=:")]
    public async Task A_secret_in_the_header_is_taken_encoded_and_as_it_is(string secret)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewTenantAsync("""grant_types = '["client_credentials"]'""");
        var id = (await tenant.Server.ScalarAsync<string>("select id from applications where name = @Application", new { tenant.Application }))!;
        var hidden = tenant.Server.Secrets.Protect(SecretColumn.ApplicationSecret, id, secret);
        await tenant.Server.ExecuteAsync("update applications set client_secret = @hidden where id = @id", new { hidden, id });
        Task<Answer> AskAsync(string sent) => tenant.Server.PostFormAsync("/api/login/oauth/access_token", [("grant_type", "client_credentials")], Api.Basic(tenant.ClientId, sent));
        Task<Answer> CallAsync(string sent) => tenant.Server.GetAsync($"/api/get-application?id=admin/{tenant.Application}", Api.Basic(tenant.ClientId, sent));

        foreach (var sent in new[] { secret, Uri.EscapeDataString(secret), System.Net.WebUtility.UrlEncode(secret) })
        {
            Assert.Equal((sent, 200), (sent, (await AskAsync(sent)).Status));
            Assert.Equal(tenant.ClientId, (await CallAsync(sent)).Body.GetProperty("data").GetProperty("clientId").GetString());
        }

        Assert.Equal((401, "invalid_client"), ((await AskAsync(secret + "x")).Status, (await AskAsync(secret + "x"))["error"]));
    }

    [Fact]
    public async Task Name_and_secret_are_percent_decoded_in_the_header()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var flow = await CodeFlow.StartAsync(server, Listed);
        const string Secret = "s:e%c+r e&t=密";
        var id = await server.Database.ReadAsync(c => c.ExecuteScalarAsync<string>("select id from applications where name = @Application", new { flow.Tenant.Application }));
        await flow.ExecuteAsync("update applications set client_secret = @secret, client_id = @clientId where id = @id",
            new { id, secret = server.Secrets.Protect(SecretColumn.ApplicationSecret, id!, Secret), clientId = "c:" + flow.Tenant.ClientId });

        var encoded = await flow.Client.PostAsync(Path, ClientHttp.BasicOf("c:" + flow.Tenant.ClientId, Secret), ("grant_type", "client_credentials"));

        Assert.Equal(200, encoded.Status);
    }

    [Theory]
    [InlineData("grant_types = '[]'", true, 400, "unsupported_grant_type")]
    [InlineData(Listed, false, 401, "invalid_client")]
    [InlineData(Listed + ", token_endpoint_auth_method = 'none'", false, 401, "invalid_client")]
    [InlineData(Listed + ", token_endpoint_auth_method = 'none'", true, 401, "invalid_client")]
    [InlineData(Listed + ", token_endpoint_auth_method = 'private_key_jwt'", true, 401, "invalid_client")]
    public async Task It_must_be_listed_and_needs_a_secret(string columns, bool withSecret, int status, string error)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), columns);

        var answer = await flow.Client.PostAsync(Path, withSecret ? flow.Basic : null, ("grant_type", "client_credentials"), ("client_id", flow.Tenant.ClientId));

        Assert.Equal((status, error), (answer.Status, answer["error"]));
    }
}
