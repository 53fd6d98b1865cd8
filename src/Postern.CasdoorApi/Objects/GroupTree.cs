using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.Objects;

/// <summary><c>get-groups?withTree=true</c>: the groups at the top, each with those below it as <c>children</c>.</summary>
internal static class GroupTree
{
    private const int MostShown = 30;

    private static readonly LocalizedText TooMany = new(
        "there are too many groups for one tree: read them in pages, without withTree",
        "群组太多，无法返回整棵树：请不带 withTree 分页读取");

    public static async Task<IResult> AnswerAsync(ObjectCall call, ObjectQuery query)
    {
        var owner = query.Owner.Length > 0 ? query.Owner : query.Organization;
        var nodes = await call.Database.ReadAsync(c => ReadAsync(c, owner), call.Context.RequestAborted);
        return nodes.Count > ObjectStore.LongestList ? Envelope.Error(ErrorCode.LimitReached, TooMany) : Envelope.Ok(Build(nodes));
    }

    private static async Task<List<Node>> ReadAsync(DbConnection connection, string owner)
    {
        var rows = await connection.QueryAsync<(string Id, string Owner, string Name, string DisplayName, string Body, string? Parent)>(
            $"""
            select o.id, o.owner, o.name, o.display_name, o.body, m.member_id
            from objects o left join memberships m on m.object_id = o.id and m.list = '{GroupParents.List}' and m.kind = 'group'
            where o.kind = 'group' {(owner.Length > 0 ? "and o.owner = @owner" : "")} order by o.owner, o.created_time, o.id limit @most
            """, new { owner, most = ObjectStore.LongestList + 1 });
        return [.. rows.Select(r => new Node(r.Id, r.Parent ?? "", Show(r.Owner, r.Name, r.DisplayName, r.Body)))];
    }

    private static JsonArray Build(List<Node> nodes)
    {
        var children = nodes.ToLookup(n => n.Parent, StringComparer.Ordinal);
        var ids = nodes.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        return ListOf(nodes.Where(n => !ids.Contains(n.Parent)), 1);

        JsonArray ListOf(IEnumerable<Node> some, int level) => new([.. some.Select(JsonNode (node) =>
        {
            // An import may have brought more levels than may be written; JSON readers take 64 of them.
            if (level < MostShown && ListOf(children[node.Id], level + 1) is { Count: > 0 } below)
            {
                node.Shown["children"] = below;
            }

            return node.Shown;
        })]);
    }

    /// <summary>As in Casdoor, of its properties a node has these alone; the name is there for typed clients, which know no key.</summary>
    private static JsonObject Show(string owner, string name, string displayName, string body)
    {
        var shown = ObjectKinds.Group.Shape.Zero();
        shown["owner"] = owner;
        shown["type"] = ObjectTarget.Text(JsonNode.Parse(body)!.AsObject(), "type");
        shown["title"] = displayName.Length > 0 ? displayName : name;
        shown["key"] = name;
        shown["name"] = name;
        return shown;
    }

    private sealed record Node(string Id, string Parent, JsonObject Shown);
}
