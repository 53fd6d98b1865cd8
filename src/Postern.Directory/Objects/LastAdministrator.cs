using System.Data.Common;
using Dapper;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// An installation keeps an administrator who can sign in, and the only administrator of an organization does not lock the organization
/// out by their own account.
/// </summary>
public static class LastAdministrator
{
    public static readonly LocalizedText OfInstallation = new(
        "This is the only administrator of the installation: make another one first",
        "这是系统唯一的管理员：请先设置另一位管理员");
    public static readonly LocalizedText OfOrganization = new(
        "You are the only administrator of the organization: make another one first",
        "您是该组织唯一的管理员：请先设置另一位管理员");

    /// <summary>The sentence that refuses an update of a user, or null. It belongs into the write.</summary>
    public static async Task<LocalizedText?> RefuseAsync(DbConnection connection, DbTransaction transaction, Caller caller, PreparedUpdate update) =>
        update.Stored.Kind == ObjectKinds.User
        && (update.Values.GetValueOrDefault("is_admin") is false || update.Values.GetValueOrDefault("is_forbidden") is true || update.Values.GetValueOrDefault("is_deleted") is true)
            ? await RefuseAsync(connection, transaction, caller, update.Stored)
            : null;

    /// <summary>The same for a user who would be gone.</summary>
    public static async Task<LocalizedText?> RefuseAsync(DbConnection connection, DbTransaction transaction, Caller caller, StoredObject user)
    {
        if (user.Kind != ObjectKinds.User || (user.Owner != Organizations.BuiltIn && caller.UserId != user.Id))
        {
            return null;
        }

        // Locks the rows: of two that end each other's standing at the same instant, the second finds one administrator.
        const string ofThose = "where owner = @Owner and is_admin and not is_forbidden and not is_deleted";
        var administrators = await connection.ExecuteAsync($"update users set updated_time = updated_time {ofThose}", new { user.Owner }, transaction);
        var isOne = await connection.ExecuteScalarAsync<long>($"select count(*) from users {ofThose} and id = @Id", new { user.Owner, user.Id }, transaction) == 1;
        return administrators > 1 || !isOne ? null : user.Owner == Organizations.BuiltIn ? OfInstallation : OfOrganization;
    }
}
