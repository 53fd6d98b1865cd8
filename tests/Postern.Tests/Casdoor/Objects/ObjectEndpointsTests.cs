using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Postern.AuthorizationServer.SignIn;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

/// <summary>The routes over HTTP, called by the administrator of the installation from a session.</summary>
public sealed class ObjectEndpointsTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_documents_second_step_works_and_leaves_records_without_secrets(DatabaseDriver driver)
    {
        using var host = await HostAsync(driver);
        var (world, mini, app) = (host.World, host.World.Name("mini"), host.World.Name("app"));
        Assert.Equal("Affected", await host.DataAsync("/api/add-provider", $$"""{"owner":"admin","name":"{{mini}}","category":"OAuth","type":"WeChatMiniProgram","clientId":"wx1","clientSecret":"canary-secret"}"""));
        Assert.Equal("Affected", await host.DataAsync("/api/add-application", $$"""{"owner":"admin","name":"{{app}}","organization":"{{world.Organization}}"}"""));
        Assert.Equal("Affected", await host.DataAsync($"/api/update-application?id=admin/{app}", $$"""{"providers":[{"name":"{{mini}}"}]}"""));
        var application = (await host.GetAsync($"/api/get-application?id=admin/{app}"))["data"]!;
        Assert.Equal(("***", "wx1"), (application["providers"]![0]!["provider"]!["clientSecret"]!.GetValue<string>(), application["providers"]![0]!["provider"]!["clientId"]!.GetValue<string>()));
        Assert.Equal(40, application["clientSecret"]!.GetValue<string>().Length);
        Assert.Equal(world.Organization, application["organizationObj"]!["name"]!.GetValue<string>());
        Assert.Equal("***", (await host.GetAsync($"/api/get-application?id=admin/{app}&withSecret=0"))["data"]!["clientSecret"]!.GetValue<string>());

        var actions = await world.Server.Database.ReadAsync(c => c.QueryAsync<string>("select action from records where object = @object and actor_organization_id = '' order by id", new { @object = "admin/" + app }));
        Assert.Equal(["add-application", "update-application", "show-client-secret"], actions);
        Assert.DoesNotContain("canary-secret", await world.Server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Answers_are_those_of_Casdoor(DatabaseDriver driver)
    {
        using var host = await HostAsync(driver);
        var organization = host.World.Organization;
        Assert.Equal("Username already exists", await host.MessageAfterAsync("/api/add-user", $$"""{"owner":"{{organization}}","name":"u"}""", times: 2));
        Assert.Equal("The organization: nowhere does not exist", await host.MessageAfterAsync("/api/add-user", """{"owner":"nowhere","name":"u"}"""));
        Assert.Equal("unexpected end of JSON input", await host.MessageAfterAsync("/api/add-user", ""));
        Assert.Equal("Unauthorized operation", await host.MessageAfterAsync("/api/delete-user", $$"""{"owner":"{{organization}}","name":"u","organization":"other"}"""));
        Assert.Equal("GetOwnerAndNameFromId() error, wrong token count for ID: x", (await host.GetAsync("/api/get-cert?id=x"))["msg"]!.GetValue<string>());
        Assert.Null((await host.GetAsync("/api/get-cert?id=admin/none"))["data"]);
        Assert.Equal("Unaffected", await host.DataAsync("/api/update-provider?id=admin/none", "{}"));
        Assert.Equal("Affected", await host.DataAsync("/api/delete-user", $$"""{"owner":"{{organization}}","name":"u"}"""));
        Assert.Equal("Unaffected", await host.DataAsync("/api/delete-user", $$"""{"owner":"{{organization}}","name":"u"}"""));
        Assert.Equal(["status", "msg", "sub", "name", "data", "data2", "data3"], (await host.GetAsync("/api/get-users?owner=" + organization)).AsObject().Select(p => p.Key));
    }

    private async Task<RoutesHost> HostAsync(DatabaseDriver driver)
    {
        var world = await ObjectWorld.CreateAsync(await servers.OnAsync(driver));
        var (cookie, now) = (Guid.NewGuid().ToString("N"), world.Server.Clock.GetUtcNow());
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cookie)));
        await world.WriteAsync(async (connection, transaction) =>
        {
            var admin = (await Postern.Storage.Tables.Users.FindAsync(connection, Organizations.BuiltIn, "admin", transaction))!;
            var session = new NewSession(cookie, hash, admin.Id, now.ToUnixTimeMilliseconds(), now.AddDays(1).ToUnixTimeMilliseconds(), IsPersistent: false) { Amr = "pwd" };
            await BrowserSessions.AddAsync(connection, session, transaction);
            return true;
        });
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = world.Server.Http.BaseAddress };
        http.DefaultRequestHeaders.Add("Cookie", $"{Sessions.Cookie}={cookie}");
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        return new RoutesHost(world, http);
    }

    private sealed record RoutesHost(ObjectWorld World, HttpClient Http) : IDisposable
    {
        public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

        public async Task<JsonNode> PostAsync(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
            Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }

        public async Task<string> DataAsync(string path, string body)
        {
            var answer = await PostAsync(path, body);
            return answer["data"]?.GetValue<string>() ?? answer["msg"]!.GetValue<string>();
        }

        public async Task<string> MessageAfterAsync(string path, string body, int times = 1)
        {
            for (var i = 1; i < times; i++)
            {
                await PostAsync(path, body);
            }

            return (await PostAsync(path, body))["msg"]!.GetValue<string>();
        }

        public void Dispose() => Http.Dispose();
    }
}
