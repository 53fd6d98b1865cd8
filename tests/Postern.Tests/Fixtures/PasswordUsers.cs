using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.Tests.Fixtures;

/// <summary>Users with a password, and what tests look up of a tenant.</summary>
internal static class PasswordUsers
{
    public const string Password = "right-Password-1";

    /// <summary>A new user of the tenant's organization with <see cref="Password"/>: the id.</summary>
    public static Task<string> AddUserAsync(this Tenant tenant, string name, params (string Property, JsonNode? Value)[] more) =>
        tenant.Server.AddUserAsync(tenant.Organization, name, more);

    public static async Task<string> AddUserAsync(this TestServer server, string organization, string name, params (string Property, JsonNode? Value)[] more)
    {
        var document = new JsonObject { ["owner"] = organization, ["name"] = name, ["password"] = Password };
        foreach (var (property, value) in more)
        {
            document[property] = value;
        }

        var store = new ObjectStore(server.Secrets, server.Clock);
        var prepared = store.PrepareAdd(ObjectKinds.User, document).Value!.Hashed(server.Secrets);
        await server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await ObjectStore.AddAsync(connection, transaction, prepared)));
        return prepared.Id;
    }

    public static Task<int> ExecuteAsync(this TestServer server, string sql, object? parameters = null) =>
        server.Database.WriteAsync(async (connection, transaction) => Written.Commit(await connection.ExecuteAsync(sql, parameters, transaction)));

    public static Task<T?> ScalarAsync<T>(this TestServer server, string sql, object? parameters = null) =>
        server.Database.ReadAsync(connection => connection.ExecuteScalarAsync<T>(sql, parameters));

    /// <summary>The actions that the audit trail has of a tenant, the oldest first.</summary>
    public static Task<IReadOnlyList<string>> ActionsAsync(this Tenant tenant) => tenant.Server.Database.ReadAsync<IReadOnlyList<string>>(async connection =>
        [.. await connection.QueryAsync<string>("select action from records where organization = @Organization order by id", new { tenant.Organization })]);

    /// <summary>A tenant whose application redirects to <see cref="Visitor.RedirectUri"/> and lists these grants.</summary>
    public static Task<Tenant> NewWebTenantAsync(this TestServer server, string grantTypes = "", string columns = "")
    {
        var grants = string.Join(',', grantTypes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(g => $"\"{g}\""));
        return server.NewTenantAsync($"redirect_uris = '[\"{Visitor.RedirectUri}\"]', grant_types = '[{grants}]'" + (columns.Length > 0 ? ", " + columns : ""));
    }
}
