using System.Data.Common;
using Dapper;

namespace Postern.Server.FirstStart;

/// <summary>What the change from names to ids could not decide, told once: at the start that made it.</summary>
internal static class UndecidedUsers
{
    /// <summary>0020_user_ids.sql.</summary>
    public const long Migration = 20;

    private const int MostNamed = 20;

    private static readonly (string Sql, string English, string Chinese)[] Questions =
    [
        (
            """
            select distinct o.kind || ' ' || o.owner || '/' || o.name || ' (' || m.member || ')' as found from memberships m join objects o on o.id = m.object_id
            where m.member_id = '' and m.list in ('users', 'groups', 'roles') and m.member <> '*' and m.member not like '%/*'
            """,
            "members of roles and permissions that do not exist. They get nothing until an administrator adds a user, group or role of that name",
            "角色与权限中不存在的成员。在管理员添加同名的用户、群组或角色之前，它们不会获得任何权限"),
        (
            "select o.kind || ' ' || o.owner || '/' || o.name || ' (' || o.user_name || ')' as found from objects o where o.user_name <> '' and o.user_id = ''",
            "objects whose user does not exist, or was added after them. No user may read them as their own; where one belongs to a user, update it with columns=user",
            "对象所指的用户不存在，或晚于该对象创建。任何用户都不能将其作为自己的数据读取；如确属某用户，请以 columns=user 更新该对象"),
        (
            "select u.owner || '/' || u.name as found from users u where u.id_form = u.id and exists (select 1 from users o where o.id_form = lower(u.id) and o.id <> u.id)",
            "users whose id differs from another user's only by capitals or characters without a shape. They keep it; look whether both are who they should be",
            "用户的 id 与另一用户的 id 仅有大小写或不可见字符之差。两者均保留，请核对"),
    ];

    public static async Task ReportAsync(DbConnection connection, DbTransaction transaction, StartReport report)
    {
        foreach (var (sql, english, chinese) in Questions)
        {
            var found = (await connection.QueryAsync<string>($"{sql} order by found limit {MostNamed + 1}", transaction: transaction)).ToList();
            if (found.Count > 0)
            {
                var named = string.Join(", ", found.Take(MostNamed)) + (found.Count > MostNamed ? ", …" : "");
                report.Warnings.Add($"After the upgrade: {english}: {named}. 升级之后：{chinese}：{named}。");
            }
        }
    }
}
