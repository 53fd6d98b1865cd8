using System.Data.Common;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.Server.FirstStart;

/// <summary>The account <c>built-in/admin</c>, when it must be opened for the operator of the machine.</summary>
internal static class AdministratorAccount
{
    /// <summary>Whether anybody could sign in as a global administrator.</summary>
    public static async Task<bool> IsOpenAsync(DbConnection connection, SecretStore secrets, DbTransaction transaction)
    {
        var administrators = await connection.QueryAsync<(string Id, string Type, string Password)>(
            "select id, password_type, password from users where owner = @BuiltIn and is_admin and not is_forbidden and not is_deleted", new { Organizations.BuiltIn }, transaction);
        return administrators.Any(a => PasswordFormats.Read(a.Type, secrets.Read(SecretColumn.UserPassword, a.Id, a.Password)) is { IsAffordable: true });
    }

    /// <summary>Gives it a password, and everything else that it needs. Earlier sign-ins to the account end.</summary>
    public static async Task OpenAsync(User admin, string password, long now, DbConnection connection, DbTransaction transaction)
    {
        await connection.ExecuteAsync(
            """
            update users set password = @password, password_type = @type, password_salt = '', is_admin = true, is_forbidden = false,
              is_deleted = false, deleted_time = 0, signin_wrong_times = 0, last_signin_wrong_time = 0, updated_time = @now
            where id = @Id
            """, new { password, type = PasswordHashes.Type, now, admin.Id }, transaction);
        await EndedSignIns.EndEverywhereAsync(connection, admin.Id, now, transaction);
    }
}
