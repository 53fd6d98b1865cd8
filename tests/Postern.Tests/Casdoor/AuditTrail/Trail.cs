using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.AuditTrail;

/// <summary>A tenant of its own whose audit trail is read: who calls, and what the answers say.</summary>
internal sealed class Trail(Tenant tenant)
{
    public const string AdministratorsOnly = "this operation requires administrator to perform";

    public Tenant Tenant => tenant;

    public TestServer Server => tenant.Server;

    public string Organization => tenant.Organization;

    /// <summary>The tenant's application by its own credentials.</summary>
    public string Application => Api.Basic(tenant.ClientId, tenant.ClientSecret);

    public static async Task<Trail> OfAsync(TestServer server) => new(await server.NewWebTenantAsync("password client_credentials"));

    /// <summary>The Authorization header of a new user who has signed in.</summary>
    public async Task<string> UserAsync(string name, bool isAdmin = false)
    {
        await tenant.AddUserAsync(name, ("isAdmin", isAdmin));
        return "Bearer " + (await SignInAsync(name))["access_token"];
    }

    public Task<Answer> SignInAsync(string name, string password = PasswordUsers.Password) => tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", name), ("password", password));

    /// <summary>The Authorization header of the application of <c>built-in</c>.</summary>
    public async Task<string> GlobalAsync()
    {
        var application = (await Server.Database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.Application, "admin", "app-built-in")))!;
        return Api.Basic(application.Text("client_id"), new ObjectStore(Server.Secrets, Server.Clock).Reveal(application, "clientSecret"));
    }

    /// <summary>Records that nobody made: so many of one action, the oldest first.</summary>
    public Task<int> FillAsync(string action, int count, string user = "somebody", long age = 0) => Server.Database.WriteAsync(async (connection, transaction) =>
    {
        for (var i = 0; i < count; i++)
        {
            await Records.AddAsync(connection, new AuditRecord
            {
                Organization = Organization,
                CreatedTime = Server.Clock.GetUtcNow().ToUnixTimeMilliseconds() - age,
                ClientIp = "192.0.2.1",
                User = user,
                Method = "POST",
                RequestUri = "/api/somewhere",
                Action = action,
                Detail = $"{action} {i}",
            }, transaction);
        }

        return Written.Commit(count);
    });

    /// <summary>The records of an answer of <c>get-records</c>.</summary>
    public static IReadOnlyList<JsonElement> Of(Answer answer) =>
        answer["status"] == "ok" ? [.. answer.Body.GetProperty("data").EnumerateArray()] : throw new InvalidOperationException(answer.Text);

    public async Task<IReadOnlyList<JsonElement>> ListAsync(string authorization, string query = "") =>
        Of(await Server.GetAsync("/api/get-records" + query, authorization));

    public async Task<IReadOnlyList<JsonElement>> FilterAsync(string authorization, JsonObject wanted) =>
        Of(await Server.PostJsonAsync("/api/get-records-filter", wanted.ToJsonString(), authorization));

    /// <summary>The only record of an action in the tenant's trail.</summary>
    public async Task<JsonElement> SingleAsync(string action) =>
        (await FilterAsync(await GlobalAsync(), new() { ["organization"] = Organization, ["action"] = action })).Single();

    public Task<long> CountAsync(string where) => Server.ScalarAsync<long>($"select count(*) from records where organization = @Organization and {where}", new { Organization });

    public static string Text(JsonElement record, string property) => record.GetProperty(property).GetString()!;

    public static IEnumerable<string> Details(IEnumerable<JsonElement> records) => records.Select(r => Text(r, "detail"));
}
