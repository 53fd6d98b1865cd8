using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc9728;

public sealed class ProtectedResourceTests(Servers servers)
{
    [Fact]
    public async Task The_document_names_the_resource_and_who_gives_tokens_for_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await server.NewTenantAsync("""scopes = '[{"name":"orders:read"}]'""");

        var own = await server.GetAsync("/.well-known/oauth-protected-resource");
        var application = await server.GetAsync($"/.well-known/{tenant.Application}/oauth-protected-resource");

        Assert.Equal((200, server.Issuer), (own.Status, own["resource"]));
        Assert.Equal((200, $"{server.Issuer}/.well-known/{tenant.Application}"), (application.Status, application["resource"]));
        foreach (var document in new[] { own, application })
        {
            Assert.Equal([server.Issuer], document.Body.GetProperty("authorization_servers").EnumerateArray().Select(s => s.GetString()));
            Assert.Equal(["header"], document.Body.GetProperty("bearer_methods_supported").EnumerateArray().Select(s => s.GetString()));
            Assert.DoesNotContain(document.Body.GetProperty("dpop_signing_alg_values_supported").EnumerateArray(), a => a.GetString()!.StartsWith("HS", StringComparison.Ordinal));
        }

        Assert.Contains("orders:read", application.Body.GetProperty("scopes_supported").EnumerateArray().Select(s => s.GetString()));
        Assert.DoesNotContain("orders:read", own.Body.GetProperty("scopes_supported").EnumerateArray().Select(s => s.GetString()));
        // The server that it names is the one whose own document says so.
        Assert.Equal(server.Issuer, (await server.GetAsync("/.well-known/oauth-authorization-server"))["issuer"]);
        Assert.Equal(404, (await server.GetAsync("/.well-known/nobody/oauth-protected-resource")).Status);
    }
}
