using Dapper;
using Postern.Server.FirstStart;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

/// <summary>A database whose rows named users, after the start that makes them refer to ids.</summary>
public sealed class UpgradeUserIdsTests
{
    private const long Day = 86_400_000;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_become_ids_and_what_cannot_be_decided_is_told_and_gives_nothing(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await using (var database = new Database(installed.Options))
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 13);
                await connection.ExecuteAsync(
                    """
                    insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                      enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                    values ('o', 'admin', 'old', 1, '', '', '', '[]', false, false, false, 0, 0, '{}')
                    """, transaction: transaction);
                foreach (var (id, name, created) in new[] { ("id-mei", "mei", Day), ("id-late", "late", 9 * Day), ("Same", "one", Day), ("same", "two", Day), ("SAME", "three", Day) })
                {
                    await connection.ExecuteAsync(
                        """
                        insert into users (id, owner, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt, display_name, avatar,
                          display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted, signup_application, last_signin_time,
                          last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, body)
                        values (@id, 'old', @name, @created, 1, 0, '', '', '', '', '', '', false, false, '', '', '', false, false, false, '', 0, '', 0, 0, '', '{}')
                        """, new { id, name, created }, transaction);
                }

                foreach (var (id, kind, name, user) in new[]
                {
                    ("g", "group", "team", ""), ("r", "role", "reader", ""), ("p", "permission", "read", ""),
                    ("o1", "order", "hers", "mei"), ("o2", "order", "whole", "old/mei"), ("o3", "order", "before", "late"), ("o4", "order", "lost", "never"), ("f", "resource", "/note", "mei"),
                })
                {
                    await connection.ExecuteAsync(
                        "insert into objects (id, kind, owner, name, created_time, organization, lookup, body, user_name) values (@id, @kind, 'old', @name, @time, 'old', @lookup, @body, @user)",
                        new { id, kind, name, time = 5 * Day, lookup = kind == "group" ? name : "", body = user.Length == 0 ? """{"isEnabled":true}""" : $$"""{"price":1.5,"user":"{{user}}","state":"Paid"}""", user }, transaction);
                }

                await connection.ExecuteAsync(
                    """
                    insert into memberships (object_id, list, place, kind, member) values ('id-mei', 'groups', 0, 'user', 'old/team'),
                      ('r', 'users', 0, 'role', 'old/never'), ('r', 'users', 1, 'role', 'old/mei'), ('r', 'users', 2, 'role', 'old/*'),
                      ('p', 'groups', 0, 'permission', 'old/team'), ('p', 'roles', 0, 'permission', 'old/reader')
                    """, transaction: transaction);
                await connection.ExecuteAsync("insert into files (id, resource_id, owner, user_name, extension, size, created_time) values ('file', 'f', 'old', 'mei', '.txt', 1, 1)", transaction: transaction);
                await connection.ExecuteAsync(
                    "insert into client_sessions (owner, name, application, session_id, created_time) values ('old', 'mei', 'a', '', @time), ('old', 'late', 'a', '', @time)", new { time = 5 * Day }, transaction);
                await connection.ExecuteAsync(
                    """
                    insert into records (owner, name, created_time, organization, client_ip, user_name, method, request_uri, action, object, status_code, detail)
                    values ('old', 'r1', @time, 'old', '', 'mei', '', '', 'signin', '', 200, ''), ('old', 'r2', @time, 'old', '', 'late', '', '', 'signin', '', 200, ''),
                      ('old', 'r3', @time, 'old', '', 'app/x', '', '', 'delete-user', 'old/Gone', 200, '')
                    """, new { time = 5 * Day }, transaction);
                await connection.ExecuteAsync("insert into identity_conflicts (organization, openid_user, unionid_user, issuer, created_time) values ('old', 'Was-One', 'id-mei', '', 1)", transaction: transaction);
            });
        }

        var report = (await installed.StartAsync()).Report;

        Assert.Equal(
            ["id-mei groups g ", "p groups g ", "p roles r ", "r users  old/*", "r users  old/never", "r users id-mei "],
            await installed.ReadAsync("select object_id || ' ' || list || ' ' || member_id || ' ' || member from memberships where object_id in ('id-mei', 'p', 'r') order by 1"));
        Assert.Equal(
            ["before late ", "hers mei id-mei", "lost never ", "whole old/mei id-mei"],
            await installed.ReadAsync("select name || ' ' || user_name || ' ' || user_id from objects where kind = 'order' order by 1"));
        Assert.Empty(await installed.ReadAsync("select body from objects where kind = 'order' and (body like '%mei%' or body not like '%Paid%' or body not like '%1.5%')"));
        Assert.Equal(["id-mei"], await installed.ReadAsync("select user_id from files"));
        Assert.Equal(["late ", "mei id-mei"], await installed.ReadAsync("select name || ' ' || user_id from client_sessions order by 1"));
        Assert.Equal(["r1 id-mei", "r2 ", "r3 "], await installed.ReadAsync("select name || ' ' || user_id from records where organization = 'old' order by 1"));
        Assert.Equal(["SAME", "Same", "same"], await installed.ReadAsync("select id_form from users where lower(id) = 'same' order by 1"));
        Assert.Equal(["user name o/gone", "user was-one"], await installed.ReadAsync("select kind || ' ' || id from retired_ids where kind <> 'client' order by 1"));
        Assert.Contains(report.Warnings, w => w.Contains("role old/reader (old/never)", StringComparison.Ordinal) && w.Contains("升级之后", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, w => w.Contains("order old/before (late), order old/lost (never)", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, w => w.Contains("old/one, old/three", StringComparison.Ordinal));
        Assert.DoesNotContain((await installed.StartAsync()).Report.Warnings, w => w.Contains("After the upgrade", StringComparison.Ordinal));
    }
}
