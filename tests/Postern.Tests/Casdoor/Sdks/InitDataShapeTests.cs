using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>An initDataFile in the form that the authors of Casdoor's libraries prepare a server with for their own tests.</summary>
public sealed class InitDataShapeTests
{
    private const string Prepared =
        """
        {
          "organizations": [
            {
              "owner": "admin", "name": "casbin", "displayName": "casbin", "passwordType": "bcrypt",
              "passwordOptions": ["AtLeast6"], "countryCodes": ["US"], "languages": ["en"], "tags": [], "accountItems": [], "initScore": 2000,
              "isProfilePublic": true, "enableSoftDeletion": false
            }
          ],
          "applications": [
            {
              "owner": "admin", "name": "app-of-built-in", "displayName": "app-of-built-in", "category": "Default", "type": "All", "organization": "built-in",
              "cert": "cert-built-in", "clientId": "prepared-client", "clientSecret": "prepared-secret", "enablePassword": true, "enableSignUp": true,
              "providers": [
                {"owner": "", "name": "provider_storage", "canSignUp": true, "bindingRule": null, "signupGroup": "", "rule": "None", "provider": null},
                {"owner": "", "name": "provider_of_no_file", "canSignUp": true, "bindingRule": null, "signupGroup": "", "rule": "None", "provider": null}
              ],
              "signinMethods": [{"name": "Password", "displayName": "Password", "rule": "All"}], "signupItems": [], "signinItems": [],
              "grantTypes": ["authorization_code", "password", "client_credentials", "token", "id_token", "refresh_token"],
              "scopes": [], "redirectUris": [], "tags": [], "tokenFields": [], "expireInHours": 168, "refreshExpireInHours": 168, "cookieExpireInHours": 720,
              "tokenFormat": "JWT", "tokenSigningMethod": "RS256"
            },
            {"owner": "admin", "name": "app-whole", "organization": "casbin", "clientId": "whole-client", "clientSecret": "whole-secret",
             "apiAccess": "installation"},
            {"owner": "admin", "name": "app-casbin", "organization": "casbin", "clientId": "casbin-client", "clientSecret": "casbin-secret"},
            {"owner": "admin", "name": "app-bare", "organization": "casbin"}
          ],
          "users": [
            {
              "owner": "casbin", "name": "admin", "type": "normal-user", "password": "123", "displayName": "admin", "email": "admin@example.com",
              "countryCode": "US", "address": [], "tag": "staff", "score": 2000, "ranking": 1, "isAdmin": true, "isForbidden": false, "isDeleted": false,
              "signupApplication": "app-of-built-in", "properties": {}
            }
          ],
          "providers": [
            {"owner": "admin", "name": "provider_mail", "displayName": "Mail", "category": "Email", "type": "SMTP", "host": "127.0.0.1", "port": 1},
            {
              "owner": "admin", "name": "provider_storage", "displayName": "Storage", "category": "Storage", "type": "Local File System", "method": "Normal",
              "domain": "http://localhost:8000", "pathPrefix": "casdoor"
            }
          ]
        }
        """;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_credentials_of_such_a_file_open_what_it_gives_them(DatabaseDriver driver)
    {
        await using var server = await StartAsync(driver);
        foreach (var prefix in new[] { "prepared", "whole" })
        {
            var (caller, name) = (new RowCaller(server, Api.Basic(prefix + "-client", prefix + "-secret")), "made-by-" + prefix);

            Assert.True((await caller.DataAsync("/api/get-user?id=casbin/admin"))!["isAdmin"]!.GetValue<bool>());
            Assert.Equal("Affected", await caller.WriteAsync($"/api/add-organization?id=admin/{name}", Named("admin", name)));
            Assert.Equal("Affected", await caller.WriteAsync($"/api/add-user?id={name}/ann", Named(name, "ann")));

            Assert.Equal("ann", (await caller.DataAsync($"/api/get-user?id={name}/ann"))!["displayName"]!.GetValue<string>());
            Assert.Equal("Local File System", (await caller.DataAsync("/api/get-provider?id=admin/provider_storage"))!["type"]!.GetValue<string>());
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_application_that_such_a_file_gives_nothing_more_keeps_to_its_organization(DatabaseDriver driver)
    {
        await using var server = await StartAsync(driver);
        var caller = new RowCaller(server, Api.Basic("casbin-client", "casbin-secret"));

        Assert.Equal("Affected", await caller.WriteAsync("/api/add-user?id=casbin/ann", Named("casbin", "ann")));
        Assert.Equal("Unauthorized operation", await caller.WriteAsync("/api/add-organization?id=admin/other", Named("admin", "other")));

        Assert.Equal("ann", (await caller.DataAsync("/api/get-user?id=casbin/ann"))!["displayName"]!.GetValue<string>());
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from organizations where name = 'other'"));
    }

    private static JsonObject Named(string owner, string name) => new() { ["owner"] = owner, ["name"] = name, ["displayName"] = name };

    private static async Task<TestServer> StartAsync(DatabaseDriver driver)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Prepared);
            return await TestServer.StartAsync(driver, options => options with { InitDataFile = file });
        }
        finally
        {
            File.Delete(file);
        }
    }
}
