using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>
/// Names that mean a user already: a role, a permission, an object or a session mentions them, a user had them before, or a user
/// signs in by them in another letter case or as a phone number. Such a name gives no rights. Only an administrator can give it to a user,
/// so that no other user takes it.
/// </summary>
public static class UserNamesInUse
{
    /// <summary>A condition on <c>@Owner</c>, <c>@Name</c> and the parameters of <see cref="Parameters"/>.</summary>
    public const string Condition =
        """
        (exists (select 1 from memberships m where m.member = @WholeName and m.list = 'users')
          or exists (select 1 from objects o where o.organization = @Owner and o.user_name in (@Name, @WholeName) and o.user_id = '' and o.user_name <> '')
          or exists (select 1 from client_sessions c where c.owner = @Owner and c.name = @Name and c.user_id = '')
          or exists (select 1 from organizations g join retired_ids r on r.kind = 'user name' and r.id = g.id || '/' || @NameForm where g.name = @Owner)
          or exists (select 1 from users n where n.owner = @Owner and n.name <> '' and lower(substr(n.name, 1, 100)) = substr(@NameFolded, 1, 100))
          or exists (select 1 from users n where n.owner = @Owner and n.phone = @Name and n.phone <> ''))
        """;

    public static DynamicParameters Parameters(string owner, string name) => new(
        new { Owner = owner, Name = name, WholeName = $"{owner}/{name}", NameForm = RetiredIds.Form(name), NameFolded = LikePattern.AsciiLower(name) });

    public static async Task<bool> HasAsync(DbConnection connection, string owner, string name, DbTransaction transaction) =>
        await connection.ExecuteScalarAsync<long>($"select count(*) from organizations where name = @Owner and {Condition}", Parameters(owner, name), transaction) > 0;

    /// <summary>A user had it until now.</summary>
    public static Task RetireAsync(DbConnection connection, string owner, string name, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into retired_ids (kind, id, retired_time)
        select @UserName, g.id || '/' || @form, @now from organizations g where g.name = @owner on conflict do nothing
        """, new { RetiredIds.UserName, owner, form = RetiredIds.Form(name), now }, transaction);
}
