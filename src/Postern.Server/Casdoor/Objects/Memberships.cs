using System.Data.Common;
using Dapper;

namespace Postern.Server.Casdoor.Objects;

/// <summary>The table <c>memberships</c>: the lists of names in groups, roles, permissions and users, found from either side.</summary>
internal static class Memberships
{
    private const int Chunk = 500;

    public static async Task ReplaceAsync(
        DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, IReadOnlyDictionary<string, IReadOnlyList<string>> lists)
    {
        foreach (var (list, members) in lists)
        {
            await connection.ExecuteAsync("delete from memberships where object_id = @id and list = @list", new { id, list }, transaction);
            var place = 0L;
            foreach (var some in members.Chunk(Chunk))
            {
                var parameters = new DynamicParameters(new { id, list, kind = kind.Name });
                var rows = new List<string>();
                foreach (var member in some)
                {
                    parameters.Add("m" + place, member);
                    rows.Add($"(@id, @list, {place}, @kind, @m{place})");
                    place++;
                }

                await connection.ExecuteAsync(
                    $"insert into memberships (object_id, list, place, kind, member) values {string.Join(", ", rows)}", parameters, transaction);
            }
        }
    }

    /// <summary>What is deleted has no members, and is nobody's member.</summary>
    public static async Task EndAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, string owner, string name)
    {
        if (kind.Lists.Count > 0 || kind.Derived is not null)
        {
            await connection.ExecuteAsync("delete from memberships where object_id = @id", new { id }, transaction);
        }

        if (ListOf(kind) is { } list)
        {
            await connection.ExecuteAsync("delete from memberships where member = @member and list = @list", new { member = $"{owner}/{name}", list }, transaction);
        }
    }

    /// <summary>Follows a name that changed.</summary>
    public static async Task RenameAsync(DbConnection connection, DbTransaction transaction, ObjectKind kind, ObjectId old, ObjectId renamed)
    {
        if (ListOf(kind) is { } list)
        {
            await connection.ExecuteAsync(
                "update memberships set member = @renamed where member = @old and list = @list", new { old = old.ToString(), renamed = renamed.ToString(), list }, transaction);
        }
    }

    /// <summary>The members of several objects, by object and list, in their order.</summary>
    public static async Task<ILookup<(string ObjectId, string List), string>> OfAsync(DbConnection connection, IReadOnlyCollection<string> ids)
    {
        var found = new List<(string ObjectId, string List, string Member)>();
        foreach (var some in ids.Chunk(Chunk))
        {
            var parameters = new DynamicParameters();
            found.AddRange(await connection.QueryAsync<(string, string, string)>(
                $"select object_id, list, member from memberships where object_id in {Data.ParameterList.AddList(parameters, "id", some)} order by object_id, list, place", parameters));
        }

        return found.ToLookup(m => (m.ObjectId, m.List), m => m.Member);
    }

    /// <summary>The list in which objects of this kind are members.</summary>
    private static string? ListOf(ObjectKind kind) => kind.Name switch
    {
        "user" => "users",
        "group" => "groups",
        "role" => "roles",
        _ => null,
    };
}
