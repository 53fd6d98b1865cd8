using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>The user that <c>update-user</c> is about, as it was read, and what the caller is to the user.</summary>
internal sealed record UpdateTarget(StoredObject Stored, User User, JsonObject Whole, JsonObject Filtered, AccountItemRules Items, Caller Caller)
{
    /// <summary>The user's; null where the organization is gone.</summary>
    public Organization? Organization { get; init; }

    /// <summary>Neither id nor owner were sent: the target is the caller, and a name in the body can only repeat the caller's.</summary>
    public bool IsCaller { get; init; }

    public bool IsByAdmin => IsOrganizationAdmin;

    /// <summary>Whether the caller is an administrator in the sense of the account items.</summary>
    public bool IsOrganizationAdmin => Caller.IsAdminOf(Stored.Owner);

    /// <summary>Why the organization refuses this as the user's new password, or null.</summary>
    public LocalizedText? RefusePassword(string password) => PasswordOptions.Refuse(User, Organization, password);

    public static async Task<UpdateTarget?> FindAsync(DbConnection connection, ObjectId id, Caller caller, bool isCaller)
    {
        var stored = await ObjectStore.FindAsync(connection, ObjectKinds.User, id.Owner, id.Name);
        var user = stored is null ? null : await Users.FindByIdAsync(connection, stored.Id);
        if (stored is null || user is null)
        {
            return null;
        }

        var organization = await Organizations.FindAsync(connection, id.Owner);
        var items = AccountItemRules.Of(organization);
        var whole = await UserView.WholeAsync(connection, stored);
        return new UpdateTarget(stored, user, whole, UserView.Filter((JsonObject)whole.DeepClone(), stored, items, caller), items, caller) { IsCaller = isCaller, Organization = organization };
    }
}
