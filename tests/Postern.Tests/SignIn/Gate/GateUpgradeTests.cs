using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn.Gate;

/// <summary>Limits that an earlier version kept in the body are enforced from the upgrade on.</summary>
public sealed class GateUpgradeTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_only_kept_is_read_by_the_gate_after_an_upgrade(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: database => database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 30);
            await AddAsync(connection, transaction);
        }));

        Assert.Equal(("203.0.113.0/24", 30L), await server.Database.ReadAsync(c => c.QuerySingleAsync<(string, long)>(
            "select ip_whitelist, password_expire_days from organizations where name = 'hold'")));
        var application = (await server.Database.ReadAsync(c => Applications.FindAsync(c, "shop")))!;
        Assert.Equal(("[\"staff\"]", "198.51.100.7", true), (application.Tags, application.IpWhitelist, application.HasPermissions));
        Assert.Contains("Required", application.OrganizationMfaItems, StringComparison.Ordinal);
        Assert.False((await server.Database.ReadAsync(c => Applications.FindAsync(c, "app-console")))!.HasPermissions);
        var members = await server.Database.ReadAsync(c => c.QueryAsync<(string, string, string)>(
            "select object_id, member_id, member from memberships where list = 'applications' and object_id in ('named', 'every', 'api') order by object_id, member, member_id"));
        Assert.Equal([("every", "", "hold/*"), ("named", "shop-id", ""), ("named", "", "admin/gone")], members);
    }

    private static Task<int> AddAsync(DbConnection connection, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
          enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
        values ('hold-id', 'admin', 'hold', 1, '', '', '', '[]', false, false, false, 0, 0,
          '{"ipWhitelist":"203.0.113.0/24","passwordExpireDays":30,"mfaItems":[{"name":"app","rule":"Required"}]}');
        insert into applications (id, owner, name, created_time, organization, organization_id, client_id, client_secret, display_name, enable_sign_up, enable_password,
          disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
          token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
          failed_signin_limit, failed_signin_frozen_time, body)
        values ('shop-id', 'admin', 'shop', 1, 'hold', 'hold-id', 'shop-client', '', '', true, true, false, false, 'none', '[]', '[]', '[]', '[]',
          '', 'JWT', '', '', '[]', '[]', 0, 0, 0, 0, 0, '{"tags":["staff"],"ipWhitelist":"198.51.100.7"}');
        insert into objects (id, kind, owner, name, created_time, organization, organization_id, body) values
          ('named', 'permission', 'hold', 'named', 1, 'hold', 'hold-id', '{"resourceType":"Application","resources":["shop","gone","shop"]}'),
          ('every', 'permission', 'hold', 'every', 1, 'hold', 'hold-id', '{"resourceType":"Application","resources":["*"]}'),
          ('api', 'permission', 'hold', 'api', 1, 'hold', 'hold-id', '{"resourceType":"API","resources":["shop"]}');
        """, transaction: transaction);
}
