using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Enforcement;

/// <summary>
/// The subjects of requests, as permissions may mean them: by their groups, their roles, and as everybody of their organization.
/// A verdict tells what the subject is, so only users of the permissions' own organization are looked up. Permissions of built-in are
/// the global administrators', who may see every user.
/// </summary>
internal static class Subjects
{
    private const int Chunk = 500;
    private static readonly IReadOnlyList<string> Unknown = ["*"];

    public static string Of(JsonArray request) => request.Count > 0 && request[0] is JsonValue value ? value.ToString() : "";

    /// <param name="connection">The read's.</param>
    /// <param name="owner">Whose the permissions are.</param>
    /// <param name="requests">What is to be judged.</param>
    /// <returns>Subject to names. A user of another organization has the names of one who does not exist.</returns>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> FindAsync(DbConnection connection, string owner, IReadOnlyList<JsonArray> requests)
    {
        var names = requests.Select(Of).Where(s => s.Length > 0).Distinct(StringComparer.Ordinal).ToDictionary(s => s, _ => Unknown, StringComparer.Ordinal);
        var users = names.Keys.Select(s => ObjectId.TryRead(s, out var id) ? id : default)
            .Where(id => id.Name is not null && (id.Owner == owner || owner == Organizations.BuiltIn)).ToList();
        foreach (var of in users.GroupBy(id => id.Owner, StringComparer.Ordinal))
        {
            foreach (var some in of.Chunk(Chunk))
            {
                var parameters = new DynamicParameters(new { Owner = of.Key });
                var found = (await connection.QueryAsync<(string Id, string Name)>(
                    $"select id, name from users where owner = @Owner and name in {parameters.AddList("name", some.Select(id => id.Name))}", parameters))
                    .ToList();
                var held = await EffectiveRolesReader.OfAsync(connection, [.. found.Select(row => new Holder(row.Id, of.Key))]);
                foreach (var (id, name) in found)
                {
                    names[$"{of.Key}/{name}"] = [.. NamesOf(held[id], owner), $"{of.Key}/*", "*"];
                }
            }
        }

        return names;
    }

    /// <summary>Roles of built-in are given by global administrators to any organization's users, as its models are; another organization's are not asked for.</summary>
    private static IEnumerable<string> NamesOf(EffectiveRoles held, string owner) =>
        held.Groups.Concat(held.Roles.Select(r => $"{r["owner"]}/{r["name"]}"))
            .Where(name => owner == Organizations.BuiltIn || (ObjectId.TryRead(name, out var id) && id.Owner is var of && (of == owner || of == Organizations.BuiltIn)));
}
