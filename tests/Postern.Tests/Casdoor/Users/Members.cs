using System.Text.Json.Nodes;
using Dapper;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Users;

/// <summary>An organization whose users sign in with their password, and who of it calls the API.</summary>
internal static class Members
{
    public static Task<Tenant> NewOrganizationAsync(this TestServer server) => server.NewTenantAsync("grant_types = '[\"password\"]'");

    /// <summary>The tokens of a sign-in, or its refusal.</summary>
    public static Task<Answer> PasswordTokensAsync(this Tenant tenant, string name, string password = PasswordUsers.Password) => tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", name), ("password", password), ("scope", "openid profile offline_access"));

    /// <summary>A user of the tenant as a caller of the API.</summary>
    public static async Task<RowCaller> CallerAsync(this Tenant tenant, string name) =>
        RowCaller.Bearer(tenant.Server, (await tenant.PasswordTokensAsync(name))["access_token"] ?? throw new InvalidOperationException(name + " is not let in"));

    public static async Task<RowCaller> NewAdministratorAsync(this Tenant tenant, string name = "boss")
    {
        await tenant.AddUserAsync(name, ("isAdmin", true));
        return await tenant.CallerAsync(name);
    }

    /// <summary>An administrator of <c>built-in</c>, who may do everything.</summary>
    public static async Task<RowCaller> GlobalAdministratorAsync(this TestServer server)
    {
        var tenant = await server.NewOrganizationAsync();
        var name = "root-" + tenant.Organization;
        await server.AddUserAsync("built-in", name, ("isAdmin", true));
        await server.ExecuteAsync("update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where name = @Application", new { tenant.Application });
        return await tenant.CallerAsync(name);
    }

    /// <summary>The actions that succeeded, the oldest first.</summary>
    public static Task<IReadOnlyList<string>> DoneAsync(this Tenant tenant) => tenant.Server.Database.ReadAsync<IReadOnlyList<string>>(async connection =>
        [.. await connection.QueryAsync<string>("select action from records where organization = @Organization and verdict = 'ok' order by id", new { tenant.Organization })]);

    /// <summary>What an administrator sees of a user; null where there is none.</summary>
    public static Task<JsonNode?> UserAsync(this Tenant tenant, string name) =>
        RowCaller.Of(tenant).DataAsync($"/api/get-user?id={tenant.Organization}/{name}");

    public static IReadOnlyList<string> Names(JsonNode? list) => [.. list!.AsArray().Select(u => u!["name"]!.GetValue<string>())];

    public static async Task<JsonNode> PostAsync(this RowCaller caller, string path, HttpContent? content) =>
        JsonNode.Parse((await caller.Server.SendAsync(HttpMethod.Post, path, content, caller.Authorization)).Text)!;

    public static HttpContent Form(params (string Name, string Value)[] form) =>
        new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
}
