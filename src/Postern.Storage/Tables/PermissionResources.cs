using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>
/// The applications that permissions name in <c>resources</c>. They are kept by id in <c>memberships</c>, so a new name changes nothing there; the
/// names that are shown follow in the same transaction, and go with a deleted application: no later one of its name inherits a permission.
/// </summary>
public static class PermissionResources
{
    // Only of the application's own organization: a permission of another one has no effect there, and must not learn the new name.
    private const string Named =
        """
        organization_id = (select organization_id from applications where id = @id)
          and id in (select object_id from memberships where member_id = @id and list = 'applications' and kind = 'permission')
        """;

    /// <summary>An application has another name, or null where it is deleted.</summary>
    public static async Task FollowAsync(DbConnection connection, DbTransaction transaction, string id, string old, string? name)
    {
        // Waits for a concurrent change of one of them, so that the change is kept.
        var locking = connection is NpgsqlConnection ? " order by id for update" : "";
        foreach (var (permission, text) in (await connection.QueryAsync<(string, string)>($"select id, body from objects where {Named}{locking}", new { id }, transaction)).ToList())
        {
            var body = JsonNode.Parse(text)!.AsObject();
            var resources = (body["resources"] as JsonArray ?? []).Select(r => r?.ToString() ?? "");
            var followed = resources.Select(r => r == old ? name : r == "admin/" + old ? name is null ? null : "admin/" + name : r).OfType<string>();
            body["resources"] = new JsonArray([.. followed.Select(r => JsonValue.Create(r))]);
            await connection.ExecuteAsync("update objects set body = @body where id = @permission", new { permission, body = body.ToJsonString(KeptJson.Options) }, transaction);
        }

        if (name is null)
        {
            await connection.ExecuteAsync("delete from memberships where member_id = @id and list = 'applications'", new { id }, transaction);
        }
    }
}
