using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>What a group shows of others: its users, the group above it, and whether groups are below it.</summary>
internal static class GroupViews
{
    public static async Task FillAsync(DbConnection connection, IReadOnlyList<StoredObject> stored, IReadOnlyList<JsonObject> shown, bool isWhole)
    {
        var ids = ParametersOf(stored, out var parameters);
        var parents = (await connection.QueryAsync<string>(
            $"select distinct member_id from memberships where list = 'parent' and kind = 'group' and member_id in {ids}", parameters)).ToHashSet(StringComparer.Ordinal);
        var names = (await connection.QueryAsync<(string Id, string ParentName)>(
            $"select m.object_id, p.display_name from memberships m join objects p on p.id = m.member_id where m.list = 'parent' and m.kind = 'group' and m.object_id in {ids}", parameters))
            .ToDictionary(p => p.Id, p => p.ParentName, StringComparer.Ordinal);
        foreach (var (group, document) in stored.Zip(shown))
        {
            document["haveChildren"] = parents.Contains(group.Id);
            document["parentName"] = names.GetValueOrDefault(group.Id, "");
            if (isWhole)
            {
                var users = await connection.QueryAsync<string>(
                    """
                    select u.owner || '/' || u.name from memberships m join users u on u.id = m.object_id
                    where m.member_id = @group and m.list = 'groups' and m.kind = 'user' order by u.created_time, u.id limit @most
                    """, new { group = group.Id, most = ObjectStore.LongestList });
                document["users"] = users.Select(u => (JsonNode)u).ToArray() is { Length: > 0 } some ? new JsonArray(some) : null;
            }
        }
    }

    /// <summary>The sentence for a group that still has users or groups below it, or null.</summary>
    public static async Task<LocalizedText?> RefuseDeletionAsync(DbConnection connection, StoredObject group, DbTransaction? transaction)
    {
        if (transaction is not null)
        {
            // Who puts a group below this one at this instant is waited for.
            await Organizations.LockAsync(connection, group.Owner, transaction);
        }

        var key = new { group.Id };
        return await HasAsync("list = 'parent' and kind = 'group' and member_id = @Id") ? new LocalizedText(
            $"the group {group.Name} has groups below it: delete them first",
            $"群组 {group.Name} 有下级群组：请先删除它们")
            : await HasAsync("list = 'groups' and kind = 'user' and member_id = @Id") ? new LocalizedText(
                $"the group {group.Name} has users: take them out first",
                $"群组 {group.Name} 中有用户：请先移出用户")
            : null;

        async Task<bool> HasAsync(string where) =>
            await connection.ExecuteScalarAsync<long>($"select count(*) from (select 1 from memberships where {where} limit 1) found", key, transaction) > 0;
    }

    private static string ParametersOf(IReadOnlyList<StoredObject> stored, out DynamicParameters parameters) =>
        ParameterList.AddList(parameters = new DynamicParameters(), "id", stored.Select(s => s.Id));
}
