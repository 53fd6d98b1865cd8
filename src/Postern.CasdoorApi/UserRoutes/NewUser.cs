using System.Data.Common;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>A user to be added, and the row of the file that names the user.</summary>
internal readonly record struct NewUser(int Row, PreparedObject User)
{
    /// <summary>Adds users of one organization, or gives the sentence for the first who may not be added. The rules are those of <c>add-user</c>, asked for all at once.</summary>
    public static async Task<LocalizedText?> AddAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<NewUser> users, Caller caller)
    {
        var owner = users[0].User.Owner;
        if (await OrganizationRules.RefuseAsync(connection, transaction, ObjectKinds.User, users[0].User.Values) is { } missing)
        {
            return SheetObject.InRow(users[0].Row, missing);
        }

        if (await RefuseGroupsAsync(connection, transaction, users, caller) is { } foreign)
        {
            return foreign;
        }

        if (await UserRules.FindTakenAsync(connection, transaction, owner, [.. users.Select(u => u.User.Values)]) is var (index, sentence))
        {
            return SheetObject.InRow(users[index].Row, sentence);
        }

        foreach (var (row, user) in users)
        {
            if (!await ObjectStore.AddAsync(connection, transaction, user))
            {
                return SheetObject.InRow(row, UserIds.Taken(user.Id));
            }
        }

        return null;
    }

    private static async Task<LocalizedText?> RefuseGroupsAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<NewUser> users, Caller caller)
    {
        var owner = users[0].User.Owner;
        // All at once, so that their rows are locked in one order; then one by one, to find out whose it is.
        var all = users.SelectMany(u => u.User.Lists.GetValueOrDefault("groups", [])).Distinct(StringComparer.Ordinal).ToList();
        if (all.Count == 0 || await RefuseAsync(new Dictionary<string, IReadOnlyList<string>> { ["groups"] = all }) is not { } refusal)
        {
            return null;
        }

        foreach (var (row, user) in users)
        {
            if (await RefuseAsync(user.Lists) is { } unfit)
            {
                return SheetObject.InRow(row, unfit);
            }
        }

        return refusal;

        Task<LocalizedText?> RefuseAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> lists) =>
            MemberRules.RefuseAsync(connection, transaction, ObjectKinds.User, "", owner, lists, caller);
    }
}
