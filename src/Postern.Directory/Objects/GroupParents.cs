using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// The group above a group. <c>memberships</c> keeps its id, so names may change; a name that no group has stays text until one gets it. The
/// property <c>parentId</c> is a label, which a rename follows. Who changes parents holds the organization's row, so of two changes that
/// together would make a circle the second is refused.
/// </summary>
public static class GroupParents
{
    public const string List = "parent";

    /// <summary>How many groups may stand above one another.</summary>
    public const int MostLevels = 20;

    private const string Rows = "m.list = 'parent' and m.kind = 'group'";

    /// <summary>All groups above <c>@start</c>, and itself. Equal rows are one, so a circle ends the search.</summary>
    private const string Upwards =
        $"with recursive up (id) as (select id from objects where id = @start union select m.member_id from up join memberships m on m.object_id = up.id and {Rows} where m.member_id <> '')";

    /// <summary>The parent as organization/name; none for a group at the top, which names its organization or nothing.</summary>
    public static IReadOnlyList<string> Of(JsonObject group)
    {
        var (owner, parent) = (ObjectTarget.Text(group, "owner"), ObjectTarget.Text(group, "parentId"));
        parent = parent.StartsWith(owner + "/", StringComparison.Ordinal) ? parent[(owner.Length + 1)..] : parent;
        return parent.Length == 0 || parent == owner ? [] : [$"{owner}/{parent}"];
    }

    /// <summary>The sentence for a parent that the group cannot have, or null. Judged inside the write.</summary>
    public static async Task<LocalizedText?> RefuseAsync(DbConnection connection, DbTransaction transaction, string id, string organization, IReadOnlyList<string> parents)
    {
        await Organizations.LockAsync(connection, organization, transaction);
        if (await connection.ExecuteScalarAsync<long>(
            $"select count(*) from memberships m join objects c on c.id = m.object_id where m.member_id = @id and {Rows} and c.owner <> @organization", new { id, organization }, transaction) > 0)
        {
            return new LocalizedText("the group has groups below it: delete them first, or give them another parent", "该群组有下级群组：请先删除它们，或为它们指定其他上级");
        }

        if (parents is not [var named] || !ObjectId.TryRead(named, out var parent)
            || await connection.QuerySingleOrDefaultAsync<string?>(
                "select id from objects where kind = 'group' and owner = @Owner and name = @Name", new { parent.Owner, parent.Name }, transaction) is not { } start)
        {
            return null;
        }

        var above = (await connection.QueryAsync<string>(Upwards + " select id from up", new { start }, transaction)).ToHashSet(StringComparer.Ordinal);
        if (above.Contains(id))
        {
            return new LocalizedText($"parentId must not be the group itself or a group below it: {named}", $"parentId 不能是群组自身或其下级群组：{named}");
        }

        var below = await connection.ExecuteScalarAsync<long>(
            $"""
            with recursive down (id, level) as (
              select id, 1 from objects where id = @id union select m.object_id, down.level + 1 from down join memberships m on m.member_id = down.id and {Rows} where down.level <= {MostLevels})
            select coalesce(max(level), 1) from down
            """, new { id }, transaction);
        return above.Count + below > MostLevels ? new LocalizedText($"groups are at most {MostLevels} levels deep", $"群组最多 {MostLevels} 级") : null;
    }

    /// <summary>
    /// Groups that named this one before it was there hang below it from now on; not those above it, which would make a circle, and not those
    /// with so many levels below that there would be too many.
    /// </summary>
    public static async Task BindAsync(DbConnection connection, DbTransaction transaction, string id, string owner, string name)
    {
        await Organizations.LockAsync(connection, owner, transaction);
        var key = new { start = id, member = $"{owner}/{name}" };
        var above = await connection.ExecuteScalarAsync<long>(Upwards + " select count(*) from up", key, transaction);
        await connection.ExecuteAsync(
            $"""
            update memberships set member_id = @start, member = '' where list = 'parent' and kind = 'group' and member = @member and member_id = ''
              and object_id not in ({Upwards} select id from up)
              and object_id in (
                with recursive down (root, id, level) as (
                  select object_id, object_id, 1 from memberships where list = 'parent' and kind = 'group' and member = @member and member_id = ''
                  union select down.root, m.object_id, down.level + 1 from down join memberships m on m.member_id = down.id and {Rows} where down.level <= {MostLevels})
                select root from down group by root having max(level) + @above <= {MostLevels})
            """, new { key.start, key.member, above }, transaction);
    }

    /// <summary>The label of those below, after a group of this id has a new name.</summary>
    public static Task FollowGroupAsync(DbConnection connection, DbTransaction transaction, string id, string name) => RelabelAsync(
        connection, transaction, $"objects c join memberships m on m.object_id = c.id and {Rows} where m.member_id = @id", new { id }, _ => name);

    /// <summary>The label of an organization's groups, after it has a new name.</summary>
    public static Task FollowOrganizationAsync(DbConnection connection, DbTransaction transaction, string old, string name) => RelabelAsync(
        connection, transaction, "objects c where c.kind = 'group' and c.owner = @name", new { name },
        label => label == old ? name : label.StartsWith(old + "/", StringComparison.Ordinal) ? name + label[old.Length..] : label);

    private static async Task RelabelAsync(DbConnection connection, DbTransaction transaction, string from, object parameters, Func<string, string> rename)
    {
        // Who changes one of them at this instant is waited for, and the change is kept.
        var locking = connection is NpgsqlConnection ? " order by c.id for update of c" : "";
        foreach (var (id, text) in (await connection.QueryAsync<(string, string)>($"select c.id, c.body from {from}{locking}", parameters, transaction)).ToList())
        {
            var body = JsonNode.Parse(text)!.AsObject();
            var label = ObjectTarget.Text(body, "parentId");
            if (label.Length > 0 && rename(label) is var renamed && renamed != label)
            {
                body["parentId"] = renamed;
                await connection.ExecuteAsync("update objects set body = @body where id = @id", new { id, body = body.ToJsonString(KeptJson.Options) }, transaction);
            }
        }
    }
}
