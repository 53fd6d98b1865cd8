using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Ownership;

/// <summary>A database whose rows named applications and organizations gets ids, and what cannot be decided is made harmless.</summary>
public sealed class UpgradeTests
{
    private static readonly DateTimeOffset Early = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Late = Early.AddDays(10);

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Rows_get_the_ids_of_what_they_belong_to_and_planted_ones_become_harmless(DatabaseDriver driver)
    {
        var (hold, other, shop) = (Id(Early), Id(Early), Id(Early.AddDays(5)));
        var (before, after, orphan) = (Id(Early.AddDays(1)), Id(Late), Id(Late));
        await using var server = await TestServer.StartAsync(driver, prepare: database => database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 13);
            await AddOrganizationAsync(connection, transaction, hold, "hold");
            await AddOrganizationAsync(connection, transaction, other, "other");
            // It was deleted and added again with the same name and client id on the fifth day.
            await AddApplicationAsync(connection, transaction, shop, "shop", "hold");
            await AddApplicationAsync(connection, transaction, Id(Late), "lost-shop", "lost");
            await AddUserAsync(connection, transaction, "carol-id", "hold", "carol");
            await AddUserAsync(connection, transaction, "dan-id", "lost", "dan");
            foreach (var (grant, client) in new[] { (before, "shop-client"), (after, "shop-client"), (orphan, "gone-client") })
            {
                await connection.ExecuteAsync(
                    """
                    insert into grants (id, organization, user_id, client_id, grant_type, scope, with_secret, auth_time, created_time, expires_time)
                    values (@grant, 'hold', 'carol-id', @client, 'password', '', false, 1, 1, 9000000000000);
                    insert into tokens (id, grant_id, organization, application, user_id, user_name, grant_type, scope, created_time, expires_time)
                    values (@grant, @grant, 'hold', 'shop', 'carol-id', 'carol', 'password', '', 1, 9000000000000);
                    insert into refresh_tokens (id, grant_id, hash, created_time, expires_time) values (@grant, @grant, '', 1, 9000000000000);
                    """, new { grant, client }, transaction);
            }

            await connection.ExecuteAsync(
                """
                insert into consents (user_id, client_id, scope, created_time) values ('carol-id', 'shop-client', 'openid', @early), ('dan-id', 'shop-client', 'openid', @late), ('carol-id', 'gone-client', '', @late);
                insert into external_identities (organization, kind, issuer, subject, user_id, created_time) values ('hold', 'unionid', 'organization:hold', 'u', 'carol-id', 1), ('hold', 'openid', 'wx1', 'o', 'carol-id', 1);
                insert into objects (id, kind, owner, name, created_time, organization, body) values
                  ('planted', 'webhook', 'other', 'notify', 1, 'hold', '{}'), ('own', 'webhook', 'hold', 'notify', 1, 'hold', '{}'), ('lost', 'role', 'lost', 'baker', 1, 'lost', '{}'),
                  ('ours', 'webhook', 'admin', 'audit', 1, 'admin', '{}');
                insert into records (owner, name, created_time, organization, client_ip, user_name, method, request_uri, action, object, status_code, detail) values
                  ('hold', 'r1', @early - 1, 'hold', '', 'earlier', '', '', 'signin', '', 200, ''), ('hold', 'r2', @late, 'hold', '', 'carol', '', '', 'signin', '', 200, ''), ('nowhere', 'r3', @late, 'nowhere', '', '', '', '', 'signin', '', 200, '');
                insert into statistics (organization, hour, measure, label, total) values ('hold', 1, 'sign_ins', 'api', 3), ('', 1, 'sign_ins', 'api', 4), ('nowhere', 1, 'sign_ins', 'api', 1);
                """, new { early = Early.ToUnixTimeMilliseconds(), late = Late.ToUnixTimeMilliseconds() }, transaction);
        }));

        Assert.Equal([(after, shop)], await server.PairsAsync("select id, application_id from grants"));
        Assert.Equal([(shop, hold)], await server.PairsAsync("select application_id, organization_id from tokens"));
        Assert.Equal(after, await server.ScalarAsync<string>("select grant_id from refresh_tokens"));
        Assert.Equal([("dan-id", shop)], await server.PairsAsync("select user_id, application_id from consents"));
        Assert.Equal([("o", "wx1"), ("u", "organization:" + hold)], await server.PairsAsync("select subject, issuer from external_identities order by subject"));
        Assert.Equal([("own", "hold/notify"), ("planted", "hold/notify-planted")], await server.PairsAsync("select id, owner || '/' || name from objects where organization_id = (select id from organizations where name = 'hold') order by id"));
        Assert.Equal([("r1", ""), ("r2", hold), ("r3", "")], await server.PairsAsync("select name, organization_id from records where name in ('r1', 'r2', 'r3') order by name"));
        Assert.Equal([("", "4"), (hold, "3")], await server.PairsAsync("select organization_id, cast(total as text) from statistics order by total desc"));
        Assert.Equal("client", await server.ScalarAsync<string>("select kind from retired_ids where id = 'gone-client'"));

        var warnings = server.Log.Lines.Where(l => l.Contains("lost", StringComparison.Ordinal) || l.Contains("other/notify", StringComparison.Ordinal)).ToList();
        Assert.Contains(warnings, l => l.Contains("The organization lost did not exist", StringComparison.Ordinal));
        Assert.Contains(warnings, l => l.Contains("The webhook other/notify belongs to the organization hold", StringComparison.Ordinal));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from upgrade_notes"));
        using var administrator = await Administrator.OfAsync(server);
        Assert.Equal("The organization: lost already exists", await administrator.WriteAsync("/api/add-organization", new JsonObject { ["owner"] = "admin", ["name"] = "lost" }));
        Assert.True((bool?)(await administrator.GetAsync("/api/get-organization?id=admin/lost"))["data"]!["disableSignin"]);
        // Its own name is free for the other organization again.
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-webhook", new JsonObject { ["owner"] = "other", ["name"] = "notify", ["organization"] = "other" }));
    }

    private static string Id(DateTimeOffset time) => Guid.CreateVersion7(time).ToString();

    private static Task<int> AddOrganizationAsync(DbConnection connection, DbTransaction transaction, string id, string name) => connection.ExecuteAsync(
        """
        insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
          enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
        values (@id, 'admin', @name, 1, '', '', '', '[]', false, false, false, 0, 0, '{}')
        """, new { id, name }, transaction);

    private static Task<int> AddApplicationAsync(DbConnection connection, DbTransaction transaction, string id, string name, string organization) => connection.ExecuteAsync(
        """
        insert into applications (id, owner, name, created_time, organization, client_id, client_secret, display_name, enable_sign_up, enable_password,
          disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
          token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
          failed_signin_limit, failed_signin_frozen_time, body)
        values (@id, 'admin', @name, 1, @organization, @name || '-client', '', '', true, true, false, false, true, '[]', '[]', '[]', '[]', '', 'JWT', '', '', '[]', '[]', 0, 0, 0, 0, 0, '{}')
        """, new { id, name, organization }, transaction);

    private static Task<int> AddUserAsync(DbConnection connection, DbTransaction transaction, string id, string owner, string name) => connection.ExecuteAsync(
        """
        insert into users (id, owner, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt, display_name, avatar, display_name_by_signin,
          avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted, signup_application, last_signin_time, last_signin_ip, last_signin_wrong_time,
          signin_wrong_times, secrets, body)
        values (@id, @owner, @name, 1, 0, 0, '', '', '', '', '', '', false, false, '', '', '', false, false, false, '', 0, '', 0, 0, '', '{}')
        """, new { id, owner, name }, transaction);
}

internal static class Pairs
{
    public static async Task<IReadOnlyList<(string, string)>> PairsAsync(this TestServer server, string sql) =>
        [.. await server.Database.ReadAsync(c => c.QueryAsync<(string, string)>(sql))];
}
