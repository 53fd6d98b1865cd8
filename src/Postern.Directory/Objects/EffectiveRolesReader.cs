using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Resolves who holds which roles and permissions: from the user to what names the user, never the other way.</summary>
public static class EffectiveRolesReader
{
    private const int Chunk = 500;

    // From a user and the user's groups to what contains them, and from a role to the roles and permissions that contain it.
    // "union" drops what was reached before, so that roles which contain each other come to an end.
    private static string Reached(string ids, string patterns) =>
        $"""
        with recursive reached (object_id, kind, list, place, member_id, member) as (
          select object_id, kind, list, place, member_id, member from memberships where object_id in {ids} and list = 'groups' and kind = 'user'
          union
          select object_id, kind, list, place, member_id, member from memberships where member_id in {ids} and list = 'users' and kind in ('role', 'permission')
          union
          select object_id, kind, list, place, member_id, member from memberships where member in {patterns} and list = 'users' and kind in ('role', 'permission')
          union
          select m.object_id, m.kind, m.list, m.place, m.member_id, m.member
          from reached r join memberships m on m.member_id = case r.kind when 'user' then r.member_id else r.object_id end
            and m.list = case r.kind when 'user' then 'groups' else 'roles' end and m.kind in ('role', 'permission')
          where r.kind = 'role' or (r.kind = 'user' and r.member_id <> ''))
        select m.object_id, m.kind, m.list, m.member_id, {Memberships.Label} as member from reached m {Memberships.Named} order by m.object_id, m.list, m.place
        """;

    public static async Task<EffectiveRoles> OfAsync(DbConnection connection, User user) =>
        (await OfAsync(connection, [new Holder(user.Id, user.Owner)]))[user.Id];

    /// <summary>By the user's id; one query for all of them, and further ones only where somebody holds something.</summary>
    public static async Task<IReadOnlyDictionary<string, EffectiveRoles>> OfAsync(DbConnection connection, IReadOnlyCollection<Holder> holders)
    {
        var found = new Dictionary<string, EffectiveRoles>(holders.Count, StringComparer.Ordinal);
        foreach (var some in holders.Chunk(Chunk))
        {
            await AddAsync(connection, some, found);
        }

        return found;
    }

    private static async Task AddAsync(DbConnection connection, Holder[] holders, Dictionary<string, EffectiveRoles> found)
    {
        var parameters = new DynamicParameters();
        var ids = parameters.AddList("id", holders.Select(h => h.Id));
        var patterns = parameters.AddList("pattern", holders.Select(h => h.Owner + "/*").Append("*").Distinct(StringComparer.Ordinal));
        var rows = (await connection.QueryAsync<Edge>(Reached(ids, patterns), parameters)).ToList();
        var groups = rows.Where(r => r.Kind == "user" && r.Member.Length > 0).ToLookup(r => r.ObjectId, StringComparer.Ordinal);
        var roles = await GivenAsync(connection, RoleKind.Kind, rows);
        var permissions = await GivenAsync(connection, PermissionKind.Kind, rows);
        foreach (var holder in holders)
        {
            var own = groups[holder.Id].Select(g => g.MemberId).ToHashSet(StringComparer.Ordinal);
            var (held, all) = (new HashSet<Given>(), new HashSet<string>(StringComparer.Ordinal));
            while (roles.Where(r => !held.Contains(r) && r.Names(holder, own, all)).ToList() is { Count: > 0 } more)
            {
                held.UnionWith(more);
                all.UnionWith(more.Select(r => r.Id));
            }

            found[holder.Id] = new EffectiveRoles(
                [.. groups[holder.Id].Select(g => g.Member)],
                [.. roles.Where(held.Contains).Select(r => r.Shown)],
                [.. permissions.Where(p => p.Names(holder, own, all)).Select(p => p.Shown)]);
        }
    }

    /// <summary>The objects of one kind among what was reached, without those that give nothing.</summary>
    private static async Task<IReadOnlyList<Given>> GivenAsync(DbConnection connection, ObjectKind kind, List<Edge> rows)
    {
        var edges = rows.Where(r => r.Kind == kind.Name).ToLookup(r => r.ObjectId, StringComparer.Ordinal);
        var given = new List<Given>();
        foreach (var ids in edges.Select(e => e.Key).Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            var stored = (await connection.QueryAsync($"select {ObjectStore.Selected(kind)} from objects where id in {parameters.AddList("id", ids)}", parameters))
                .Select(r => new StoredObject(kind, (IDictionary<string, object?>)r)).ToList();
            var members = (await connection.QueryAsync<Edge>(
                $"""
                select m.object_id, m.kind, m.list, m.member_id, {Memberships.Label} as member from memberships m {Memberships.Named}
                where m.object_id in {parameters.AddList("id", ids)} and m.list in ('groups', 'roles') order by m.object_id, m.list, m.place
                """, parameters))
                .Where(m => m.Member.Length > 0).ToLookup(m => (m.ObjectId, m.List), m => m.Member);
            given.AddRange(stored.Select(s => (Stored: s, Shown: s.Show())).Where(s => IsInForce(s.Shown)).Select(s => new Given(s.Stored, Complete(s.Stored, s.Shown, members), edges[s.Stored.Id])));
        }

        return [.. given.OrderBy(g => g.Shown["createdTime"]!.GetValue<string>(), StringComparer.Ordinal).ThenBy(g => g.Id, StringComparer.Ordinal)];
    }

    private static bool IsInForce(JsonObject shown) =>
        shown["isEnabled"] is JsonValue enabled && enabled.TryGetValue<bool>(out var isEnabled) && isEnabled
        && (shown["state"] is not JsonValue state || !state.TryGetValue<string>(out var text) || text is "" or "Approved");

    /// <summary>A user sees the roles and permissions that they hold, and never who else holds them or asked for them.</summary>
    private static JsonObject Complete(StoredObject stored, JsonObject shown, ILookup<(string, string), string> members)
    {
        foreach (var list in stored.Kind.Lists)
        {
            var names = members[(stored.Id, list)].Select(m => (JsonNode)m).ToArray();
            shown[list] = list == "users" ? null : names.Length > 0 ? new JsonArray(names) : shown[list]?.DeepClone() ?? stored.Kind.Shape.ZeroOf(list);
        }

        if (shown.ContainsKey("submitter"))
        {
            shown["submitter"] = "";
        }

        return shown;
    }

    /// <summary>A row of <c>memberships</c>.</summary>
    private sealed class Edge
    {
        public required string ObjectId { get; init; }

        public required string Kind { get; init; }

        public required string List { get; init; }

        /// <summary>Empty where the member is a text.</summary>
        public required string MemberId { get; init; }

        /// <summary>As it is shown; empty where it is gone.</summary>
        public required string Member { get; init; }
    }

    /// <summary>A role or permission in force, and by which members it was reached.</summary>
    private sealed class Given(StoredObject stored, JsonObject shown, IEnumerable<Edge> edges)
    {
        private readonly string organization = stored.Text("organization");
        private readonly ILookup<string, string> members = edges.ToLookup(e => e.List, e => e.MemberId, StringComparer.Ordinal);
        private readonly HashSet<string> users = edges.Where(e => e.List == "users" && e.MemberId.Length > 0).Select(e => e.MemberId).ToHashSet(StringComparer.Ordinal);
        private readonly HashSet<string> patterns = edges.Where(e => e.List == "users" && e.MemberId.Length == 0).Select(e => e.Member).ToHashSet(StringComparer.Ordinal);

        public string Id => stored.Id;

        public JsonObject Shown => shown;

        public bool Names(Holder holder, IReadOnlyCollection<string> groups, HashSet<string> roles) =>
            users.Contains(holder.Id)
            || patterns.Contains(holder.Owner + "/*")
            // "Everybody" of an organization is who belongs to it; only built-in's administrators speak for all.
            || (patterns.Contains("*") && (organization == holder.Owner || organization == Organizations.BuiltIn))
            || members["groups"].Any(groups.Contains)
            || members["roles"].Any(roles.Contains);
    }
}
