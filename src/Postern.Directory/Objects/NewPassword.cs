using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>A user's new password, at whichever place it is set: what it must be, what is written with it, and that it replaces the one that was read.</summary>
public static class NewPassword
{
    public static readonly LocalizedText Same = new("The new password must be different from your current password", "新密码不能与当前密码相同");

    /// <summary>The sentence that refuses it, or null.</summary>
    public static LocalizedText? Refuse(User user, Organization? organization, string password) =>
        password.Length == 0 ? new LocalizedText("Password cannot be empty", "密码不能为空")
        : password.Contains(' ', StringComparison.Ordinal) ? new LocalizedText("New password cannot contain blank space.", "新密码不能包含空格")
        : password == ObjectStore.Masked ? new LocalizedText("*** stands for a password and cannot be one", "*** 只表示密码已设置，不能用作密码")
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
