using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// The table <c>memberships</c>: the lists of names in groups, roles, permissions and users, found from either side. A member
/// that is a user, a group or a role is kept as its id, so names may change; patterns, and names that nothing has, as text.
/// </summary>
public static class Memberships
{
    /// <summary>The list of the applications that a permission names.</summary>
    public const string Applications = "applications";

    private const int Chunk = 500;

    /// <summary>For the table with the alias m: the objects that members are now.</summary>
    public const string Named = "left join users mu on m.list = 'users' and mu.id = m.member_id left join objects mo on m.list <> 'users' and mo.id = m.member_id";

    /// <summary>With <see cref="Named"/>: a member as it is shown; "" for one that is gone.</summary>
    public const string Label = "coalesce(mu.owner || '/' || mu.name, mo.owner || '/' || mo.name, m.member)";

    public static async Task ReplaceAsync(
        DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
    {
        foreach (var (list, members) in lists)
        {
            var ids = await IdsAsync(connection, transaction, list, members);
            await connection.ExecuteAsync("delete from memberships where object_id = @id and list = @list", new { id, list }, transaction);
            var place = 0L;
            foreach (var some in members.Chunk(Chunk))
            {
                var parameters = new DynamicParameters(new { id, list, kind = kind.Name });
                var rows = new List<string>();
                foreach (var member in some)
                {
                    var memberId = ids.GetValueOrDefault(member, "");
                    parameters.Add("i" + place, memberId);
                    parameters.Add("m" + place, memberId.Length > 0 ? "" : member);
                    rows.Add($"(@id, @list, {place}, @kind, @i{place}, @m{place})");
                    place++;
                }

                await connection.ExecuteAsync(
                    $"insert into memberships (object_id, list, place, kind, member_id, member) values {string.Join(", ", rows)}", parameters, transaction);
            }
        }
    }

    /// <summary>What is deleted has no members, and is a member of nothing.</summary>
    public static async Task EndAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, string id)
    {
        if (kind.Lists.Count > 0 || kind.Derived is not null)
        {
            await connection.ExecuteAsync("delete from memberships where object_id = @id", new { id }, transaction);
        }

        if (ListOf(kind) is { } list)
        {
            await connection.ExecuteAsync("delete from memberships where member_id = @id and list = @list", new { id, list }, transaction);
        }
    }

    /// <summary>
    /// What lists named before it was there: from now on they mean this one. Only what administrators and imports add or
    /// rename is bound so; a sign-in never takes such a name (<see cref="UserNamesInUse"/>).
    /// </summary>
    public static async Task BindAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, string owner, string name)
    {
        if (ListOf(kind) is { } list)
        {
            await connection.ExecuteAsync(
                "update memberships set member_id = @id, member = '' where member = @member and list = @list and member_id = ''", new { id, member = $"{owner}/{name}", list }, transaction);
        }

        if (kind == ObjectKinds.Group)
        {
            await GroupParents.BindAsync(connection, transaction, id, owner, name);
        }
    }

    /// <summary>The members of several objects, by object and list, in their order.</summary>
    public static async Task<ILookup<(string ObjectId, string List), string>> OfAsync(DbConnection connection, IReadOnlyCollection<string> ids, DbTransaction? transaction = null)
    {
        var found = new List<(string ObjectId, string List, string Member)>();
        foreach (var some in ids.Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            found.AddRange(await connection.QueryAsync<(string, string, string)>(
                $"select m.object_id, m.list, {Label} from memberships m {Named} where m.object_id in {parameters.AddList("id", some)} order by m.object_id, m.list, m.place",
                parameters, transaction));
        }

        return found.Where(m => m.Member.Length > 0).ToLookup(m => (m.ObjectId, m.List), m => m.Member);
    }

    /// <summary>The ids of those members that are there. An addition at this instant is waited for.</summary>
    private static async Task<Dictionary<string, string>> IdsAsync(DbConnection connection, DbTransaction transaction, string list, IReadOnlyList<string> members)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var (table, scope) = list switch
        {
            "users" => ("users", ""),
            "groups" or GroupParents.List => ("objects", " and kind = 'group'"),
            "roles" => ("objects", " and kind = 'role'"),
            Applications => ("applications", ""),
            _ => ("", ""),
        };
        if (table.Length == 0)
        {
            return found;
        }

        var named = members.Select(m => ObjectId.TryRead(m, out var id) && id.Name != "*" ? id : default).Where(id => id.Owner is { Length: > 0 })
            .GroupBy(id => id.Owner, id => id.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var names in named)
        {
            if (list == GroupParents.List)
            {
                // Who deletes the parent at this instant holds the organization too.
                await Organizations.LockAsync(connection, names.Key, transaction);
            }

            await AddAsync(names);
            if (names.Where(n => !found.ContainsKey($"{names.Key}/{n}")).ToList() is { Count: > 0 } missing && list == "users")
            {
                await Organizations.LockAsync(connection, names.Key, transaction);
                await AddAsync(missing);
            }

            async Task AddAsync(IEnumerable<string> wanted)
            {
                foreach (var some in wanted.Chunk(Chunk))
                {
                    var parameters = new DynamicParameters(new { owner = names.Key });
                    foreach (var (id, name) in await connection.QueryAsync<(string, string)>(
                        $"select id, name from {table} where owner = @owner and name in {parameters.AddList("name", some)}{scope}", parameters, transaction))
                    {
                        found[$"{names.Key}/{name}"] = id;
                    }
                }
            }
        }

        return found;
    }

    /// <summary>The list in which objects of this kind are members.</summary>
    private static string? ListOf(ObjectKind kind) => kind.Name switch
    {
        "user" => "users",
        "group" => "groups",
        "role" => "roles",
        "application" => Applications,
        _ => null,
    };
}
