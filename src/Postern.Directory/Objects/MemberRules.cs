using System.Data.Common;
using Dapper;
using Postern.Protocol;

namespace Postern.Directory.Objects;

/// <summary>Which members a list may name: a member gets what the list gives, so the caller must be allowed to give it.</summary>
public static class MemberRules
{
    /// <summary>
    /// Judged inside the write, and only what the lists did not hold before: an import may have brought names that nobody
    /// could add here.
    /// </summary>
    /// <param name="connection">The write's.</param>
    /// <param name="transaction">The write's.</param>
    /// <param name="kind">What has the lists.</param>
    /// <param name="id">Its id.</param>
    /// <param name="organization">Whose it will be.</param>
    /// <param name="lists">As they would be.</param>
    /// <param name="caller">Who writes them.</param>
    /// <returns>The sentence that refuses them, or null.</returns>
    public static async Task<LocalizedText?> RefuseAsync(
        DbConnection connection, DbTransaction transaction, ObjectKind kind, string id, string organization, IReadOnlyDictionary<string, IReadOnlyList<string>> lists, Caller caller)
    {
        if (kind == ObjectKinds.Group && lists.TryGetValue(GroupParents.List, out var parents)
            && await GroupParents.RefuseAsync(connection, transaction, id, organization, parents) is { } circle)
        {
            return circle;
        }

        foreach (var list in kind.Lists.Where(lists.ContainsKey))
        {
            var known = await connection.QueryAsync<string>(
                $"select {Memberships.Label} from memberships m {Memberships.Named} where m.object_id = @id and m.list = @list", new { id, list }, transaction);
            var more = lists[list].Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            var refusal = kind == ObjectKinds.User ? await RefuseGroupsAsync(connection, transaction, organization, more) : caller.IsGlobalAdmin ? null : RefuseForeign(organization, more);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    private static LocalizedText? RefuseForeign(string organization, IReadOnlyList<string> members) =>
        members.FirstOrDefault(m => m != "*" && !IsOf(organization, m)) is { } foreign ? new LocalizedText(
            $"{foreign} is not a member of the organization {organization}, written {organization}/name",
            $"{foreign} 不是组织 {organization} 的成员（写成 {organization}/name）") : null;

    /// <summary>In the order of their names, so that two writes wait for each other's rows in one order.</summary>
    private static async Task<LocalizedText?> RefuseGroupsAsync(DbConnection connection, DbTransaction transaction, string organization, IReadOnlyList<string> groups)
    {
        foreach (var group in groups)
        {
            if (!ObjectId.TryRead(group, out var id) || id.Owner != organization)
            {
                return new LocalizedText(
                    $"The group: {group} is not one of the organization {organization}, written {organization}/name",
                    $"群组: {group} 不属于组织 {organization}（写成 {organization}/name）");
            }

            // Locks the row: a deletion of the group at this instant waits, and takes the new member out with the others.
            if (await connection.ExecuteAsync(
                "update objects set created_time = created_time where kind = 'group' and owner = @Owner and name = @Name", new { id.Owner, id.Name }, transaction) != 1)
            {
                return new LocalizedText($"The group: {group} doesn't exist", $"群组: {group} 不存在");
            }
        }

        return null;
    }

    private static bool IsOf(string organization, string member) => ObjectId.TryRead(member, out var id) && id.Owner == organization;
}
