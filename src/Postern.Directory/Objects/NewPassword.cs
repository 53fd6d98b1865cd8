using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>A user's new password, at whichever place it is set: what it must be, what is written with it, and that it replaces the one that was read.</summary>
public static class NewPassword
{
    public const string Same = "The new password must be different from your current password";

    /// <summary>The sentence that refuses it, or null.</summary>
    public static string? Refuse(User user, Organization? organization, string password) =>
        password.Length == 0 ? "Password cannot be empty"
        : password.Contains(' ', StringComparison.Ordinal) ? "New password cannot contain blank space."
        : password == ObjectStore.Masked ? "*** stands for a password and cannot be one"
        : PasswordOptions.Refuse(user, organization, password);

    public static JsonObject Of(string password, long now) => new()
    {
        ["password"] = password,
        ["needUpdatePassword"] = false,
        ["lastChangePasswordTime"] = Rfc3339.Of(now),
    };

    /// <summary>False where the user was changed at the same moment.</summary>
    public static async Task<bool> WriteAsync(DbConnection connection, DbTransaction transaction, User user, PreparedUpdate ready) =>
        // Locks the row; who set another one meanwhile was judged by the same old password, and was first.
        await connection.ExecuteAsync("update users set updated_time = updated_time where id = @Id and password = @Password", new { user.Id, user.Password }, transaction) == 1
        && await ObjectStore.UpdateAsync(connection, transaction, ready);
}
