using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Casdoor's objects name each other; a name that changes is followed in the same write.</summary>
internal static class Renames
{
    private static readonly (string Table, string Column)[] OfOrganizations =
    [
        ("users", "owner"), ("applications", "organization"), ("providers", "owner"), ("certs", "owner"),
        ("objects", "organization"), ("objects", "owner"), ("records", "organization"), ("client_sessions", "owner"), ("files", "owner"), ("webhook_events", "organization"),
    ];

    private static readonly (string Table, string Column)[] OfApplications =
        [("users", "signup_application"), ("organizations", "default_application"), ("client_sessions", "application")];

    public static async Task FollowAsync(DbConnection connection, DbTransaction transaction, StoredObject stored, string owner, string name, long now)
    {
        await Memberships.BindAsync(connection, transaction, stored.Kind, stored.Id, owner, name);
        if (stored.Kind == UserKind.Kind)
        {
            await FollowUserAsync(connection, transaction, stored, name, now);
        }

        var followers = stored.Kind == OrganizationKind.Kind ? OfOrganizations : stored.Kind == ApplicationKind.Kind ? OfApplications : [];
        if (stored.Kind == ApplicationKind.Kind)
        {
            // What clients wrote down for an application of that name, which there was not.
            await connection.ExecuteAsync("delete from client_sessions where application = @name", new { name }, transaction);
            await PermissionResources.FollowAsync(connection, transaction, stored.Id, stored.Name, name);
        }

        foreach (var (table, column) in followers)
        {
            // Of the trail only what this organization did: an earlier one of its name keeps the name that it had.
            var own = table is "records" or "webhook_events" ? "organization_id = @Id" : $"{column} = @old";
            await connection.ExecuteAsync($"update {table} set {column} = @name where {own}", new { name, old = stored.Name, stored.Id }, transaction);
        }

        if (stored.Kind == OrganizationKind.Kind)
        {
            await GroupParents.FollowOrganizationAsync(connection, transaction, stored.Name, name);

            // Members that are texts, patterns among them, are named organization/name.
            await connection.ExecuteAsync(
                "update memberships set member = @name || substr(member, length(@old) + 1) where member >= @first and member < @last",
                new { name, old = stored.Name, first = stored.Name + "/", last = stored.Name + "0" }, transaction);
        }

        if (stored.Kind == GroupKind.Kind)
        {
            await GroupParents.FollowGroupAsync(connection, transaction, stored.Id, name);
        }

        if (stored.Kind == ProviderKind.Kind)
        {
            await FollowProviderAsync(connection, transaction, stored.Name, name);
        }
    }

    /// <summary>What refers to the user shows the new name by itself; the key of sessions that clients wrote down has it in the row.</summary>
    private static async Task FollowUserAsync(DbConnection connection, DbTransaction transaction, StoredObject stored, string name, long now)
    {
        await UserNamesInUse.RetireAsync(connection, stored.Owner, stored.Name, now, transaction);
        await connection.ExecuteAsync(
            """
            delete from client_sessions where owner = @Owner and name = @name and user_id <> @Id
              and exists (select 1 from client_sessions own where own.user_id = @Id and own.application = client_sessions.application)
            """, new { stored.Owner, name, stored.Id }, transaction);
        await connection.ExecuteAsync("update client_sessions set name = @name where user_id = @Id and user_id <> ''", new { name, stored.Id }, transaction);
    }

    private static async Task FollowProviderAsync(DbConnection connection, DbTransaction transaction, string old, string name)
    {
        var applications = await connection.QueryAsync<(string Id, string Providers)>("select id, providers from applications", transaction: transaction);
        foreach (var (id, text) in applications)
        {
            var items = JsonNode.Parse(text) as JsonArray ?? [];
            var named = items.OfType<JsonObject>().Where(i => i["name"] is JsonValue v && v.TryGetValue<string>(out var n) && n == old).ToList();
            if (named.Count > 0)
            {
                named.ForEach(i => i["name"] = name);
                await connection.ExecuteAsync(
                    "update applications set providers = @providers where id = @id", new { id, providers = items.ToJsonString(KeptJson.Options) }, transaction);
            }
        }
    }
}
