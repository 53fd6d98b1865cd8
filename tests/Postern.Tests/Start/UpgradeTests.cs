using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Postern.CasdoorApi.Webhooks;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

/// <summary>Databases of earlier versions, with rows of theirs.</summary>
public sealed class UpgradeTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Addresses_sign_in_after_an_upgrade_where_no_record_says_that_their_user_set_them(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 34);
                foreach (var (organization, days) in new[] { ("keeps", 0), ("deletes", 30) })
                {
                    await connection.ExecuteAsync(
                        """
                        insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                          enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                        values (@organization, 'admin', @organization, 1, '', '', '', '[]', false, false, false, 0, @days, '{}')
                        """, new { organization, days }, transaction);
                    foreach (var (name, lastSignIn, body) in new[] { ("quiet", 5L, "{}"), ("changed", 5L, "{}"), ("new", 0L, "{}"), ("verified", 5L, """{"emailVerified":true}""") })
                    {
                        await connection.ExecuteAsync(
                            """
                            insert into users (id, owner, organization_id, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt,
                              display_name, avatar, display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted,
                              signup_application, last_signin_time, last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, body)
                            values (@id, @organization, @organization, @name, 1, 1, 0, '', '', '', '', '', '', false, false, @email, '13800138001', '', false, false, false,
                              '', @lastSignIn, '', 0, 0, '', @body)
                            """, new { id = $"{organization}/{name}", organization, name, email = name + "@example.com", lastSignIn, body }, transaction);
                    }

                    await connection.ExecuteAsync(
                        """
                        insert into records (owner, name, created_time, organization, client_ip, user_name, method, request_uri, action, object, status_code, detail, user_id)
                        values (@organization, 'r', 5, @organization, '', 'changed', '', '', 'update-user', @id, 200, 'displayName,email,emailVerified', @id)
                        """, new { organization, id = organization + "/changed" }, transaction);
                }
            });
        });

        var byUser = await server.Database.ReadAsync(c => c.QueryAsync<(string Id, bool Email, bool Phone)>("select id, email_by_user, phone_by_user from users where owner in ('keeps', 'deletes')"));

        Assert.Equal(
            [
                ("deletes/changed", true, true), ("deletes/new", false, false), ("deletes/quiet", true, true), ("deletes/verified", false, true),
                ("keeps/changed", true, false), ("keeps/new", false, false), ("keeps/quiet", false, false), ("keeps/verified", false, false),
            ],
            byUser.OrderBy(u => u.Id, StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_the_first_version_kept_in_a_document_is_found_in_its_column(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 1);
                await connection.ExecuteAsync(
                    """
                    insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                      enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                    values ('o', 'admin', 'old', 1, '', '', '', '[]', false, false, false, 0, 0, '{"dcrPolicy":"open","websiteUrl":"https://old.example"}')
                    """, transaction: transaction);
                await connection.ExecuteAsync(
                    """
                    insert into applications (id, owner, name, created_time, organization, client_id, client_secret, display_name, enable_sign_up, enable_password,
                      disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                      token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                      failed_signin_limit, failed_signin_frozen_time, body)
                    values ('a', 'admin', 'old-app', 1, 'old', 'old-client', '', '', true, true, false, false, true, '[]', '[]', '[]', '[]', '', 'JWT', '', '', '[]', '[]',
                      0, 0, 0, 0, 0, '{"customScopes":[{"scope":"orders","displayName":"Orders","description":""}],"backchannelLogoutUri":"https://old.example/out"}')
                    """, transaction: transaction);
            });
        });
        using var administrator = await Administrator.OfAsync(server);

        var organization = (await administrator.GetAsync("/api/get-organization?id=admin/old"))["data"]!;
        var application = (await administrator.GetAsync("/api/get-application?id=admin/old-app"))["data"]!;

        Assert.Equal(("open", "https://old.example"), ((string?)organization["dcrPolicy"], (string?)organization["websiteUrl"]));
        Assert.Equal("https://old.example/out", (string?)application["backchannelLogoutUri"]);
        Assert.Equal("orders", (string?)application["customScopes"]![0]!["scope"]);
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-organization?id=admin/old", new JsonObject { ["dcrPolicy"] = "token" }));
        Assert.Equal("token", (string?)(await administrator.GetAsync("/api/get-organization?id=admin/old"))["data"]!["dcrPolicy"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Credentials_open_after_an_upgrade_what_they_opened_before(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 24);
                await connection.ExecuteAsync(
                    """
                    insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                      enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                    values ('o', 'admin', 'old', 1, '', '', '', '[]', false, false, false, 0, 0, '{}');
                    insert into client_sessions (owner, name, application, session_id, created_time) values ('old', 's', 'app', '', 1000);
                    """, transaction: transaction);
                foreach (var (name, isOpen) in new[] { ("open", true), ("closed", false) })
                {
                    await connection.ExecuteAsync(
                        """
                        insert into applications (id, owner, name, created_time, organization, organization_id, client_id, client_secret, display_name, enable_sign_up, enable_password,
                          disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                          token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                          failed_signin_limit, failed_signin_frozen_time, body)
                        values (@name, 'admin', @name, 1, 'old', 'o', @name, '', '', true, true, false, false, @isOpen, '[]', '[]', '[]', '[]', '', 'JWT', '', '', '[]', '[]', 0, 0, 0, 0, 0, '{}')
                        """, new { name, isOpen }, transaction);
                }
            });
        });
        using var administrator = await Administrator.OfAsync(server);

        foreach (var (name, access) in new[] { ("open", "organization"), ("closed", "none") })
        {
            Assert.Equal(access, (string?)(await administrator.GetAsync("/api/get-application?id=admin/" + name))["data"]!["apiAccess"]);
        }

        Assert.Equal("1970-01-01T00:00:01Z", (string?)(await administrator.GetAsync("/api/get-session?sessionPkId=old/s/app"))["data"]!["createdTime"]);
        Assert.Equal("casbin_user_rule", (string?)(await administrator.GetAsync("/api/get-adapter?id=built-in/user-adapter-built-in"))["data"]!["table"]);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Applications_that_exist_keep_their_id_tokens_but_for_those_that_registered_themselves(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 27);
                await connection.ExecuteAsync(
                    """
                    insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                      enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                    values ('o', 'admin', 'old', 1, '', '', '', '[]', false, false, false, 0, 0, '{}');
                    """, transaction: transaction);
                foreach (var (name, isSelfRegistered) in new[] { ("shop", false), ("tool", true), ("app-console", false) })
                {
                    await connection.ExecuteAsync(
                        """
                        insert into applications (id, owner, name, created_time, organization, organization_id, client_id, client_secret, display_name, enable_sign_up, enable_password,
                          disable_signin, is_shared, api_access, providers, grant_types, redirect_uris, scopes, cert, token_format, token_signing_method,
                          token_endpoint_auth_method, token_fields, token_attributes, expire_in_hours, refresh_expire_in_hours, cookie_expire_in_hours,
                          failed_signin_limit, failed_signin_frozen_time, is_self_registered, body)
                        values (@name, 'admin', @name, 1, 'old', 'o', @name, '', '', true, true, false, false, 'none', '[]', '[]', '[]', '[]', '', 'JWT', '', '', '[]', '[]', 0, 0, 0, 0, 0,
                          @isSelfRegistered, '{}')
                        """, new { name, isSelfRegistered }, transaction);
                }
            });
        });
        using var administrator = await Administrator.OfAsync(server);

        foreach (var (name, claims) in new[] { ("shop", "casdoor"), ("tool", "standard"), ("app-console", "standard"), ("app-built-in", "standard") })
        {
            Assert.Equal((name, claims), (name, (string?)(await administrator.GetAsync("/api/get-application?id=admin/" + name))["data"]!["idTokenClaims"]));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_webhook_that_was_only_kept_is_told_of_what_it_asks_for(DatabaseDriver driver)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await TestServer.StartAsync(driver, o => o with { AllowPrivateTargets = true }, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 12);
                foreach (var (id, organization, isOfOne, isEnabled) in new[] { ("w1", "built-in", false, true), ("w2", "built-in", true, true), ("w3", "old", false, true), ("w4", "old", false, false) })
                {
                    var body = new JsonObject
                    {
                        ["organization"] = organization, ["url"] = receiver.Address, ["events"] = new JsonArray("login", "signup", "signin", "logout"), ["singleOrgOnly"] = isOfOne, ["isEnabled"] = isEnabled,
                    }.ToJsonString();
                    await connection.ExecuteAsync(
                        "insert into objects (id, kind, owner, name, created_time, organization, body) values (@id, 'webhook', 'admin', @id, 1, @organization, @body)", new { id, organization, body }, transaction);
                }
            });
        });

        var heard = await server.Database.ReadAsync(c => c.QueryAsync<(string, string)>("select object_id, member from memberships where list = 'hears' order by object_id, place"));

        Assert.Equal(
            [
                ("w1", "/signin"), ("w1", "/new-user"), ("w1", "/logout"), ("w2", "built-in/signin"), ("w2", "built-in/new-user"), ("w2", "built-in/logout"),
                ("w3", "old/signin"), ("w3", "old/new-user"), ("w3", "old/logout"),
            ], heard);
        var tenant = await server.NewTenantAsync();
        await tenant.SignInAsync(tenant.Code("mei"), "mei");
        await server.Services.GetRequiredService<WebhookDelivery>().SendDueAsync(CancellationToken.None);
        Assert.Equal("signup", JsonNode.Parse((await receiver.NextAsync()).Body)!["action"]!.ToString());
        Assert.Equal(0, receiver.Waiting);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Secrets_that_stood_in_clear_are_encrypted_at_the_start(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: async database =>
        {
            await database.UnderStartLockAsync(async (connection, transaction) =>
            {
                await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 13);
                await connection.ExecuteAsync(
                    """
                    insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
                      enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
                    values ('o1', 'admin', 'old', 1, '', 'md5-salt', '', '[]', false, false, false, 0, 0, '{"passwordSalt":"clear-salt","passwordObfuscatorKey":"clear-key","logo":"/l.png"}')
                    """, transaction: transaction);
                await connection.ExecuteAsync(
                    """
                    insert into providers (id, owner, name, created_time, display_name, category, type, client_id, client_secret, client_id2, client_secret2, open_platform, body)
                    values ('p1', 'old', 'mail', 1, '', 'Email', 'Custom HTTP Email', '', '', '', '', '', '{"httpHeaders":{"X-Key":"clear-header"}}')
                    """, transaction: transaction);
                var body = """{"organization":"old","url":"https://hooks.example/","headers":[{"name":"Authorization","value":"clear-bearer"},{"name":"X-Empty","value":""}]}""";
                await connection.ExecuteAsync(
                    "insert into objects (id, kind, owner, name, created_time, organization, body) values ('w1', 'webhook', 'old', 'hook', 1, 'old', @body)", new { body }, transaction);
            });
        });
        using var administrator = await Administrator.OfAsync(server);

        Assert.DoesNotContain("clear-", await server.DumpAsync(), StringComparison.Ordinal);
        var organization = (await administrator.GetAsync("/api/get-organization?id=admin/old"))["data"]!;
        Assert.Equal(("***", "***", "/l.png"), ((string?)organization["passwordSalt"], (string?)organization["passwordObfuscatorKey"], (string?)organization["logo"]));
        Assert.Equal("""{"X-Key":"***"}""", (await administrator.GetAsync("/api/get-provider?id=old/mail"))["data"]!["httpHeaders"]!.ToJsonString());
        var webhook = (await administrator.GetAsync("/api/get-webhook?id=old/hook"))["data"]!;
        Assert.Equal("""[{"name":"Authorization","value":"***"},{"name":"X-Empty","value":""}]""", webhook["headers"]!.ToJsonString());
        var (salt, stored) = await server.Database.ReadAsync(async c =>
            (await Organizations.PasswordSaltAsync(c, server.Secrets, "old"), (await ObjectStore.FindAsync(c, ObjectKinds.All.Single(k => k.Name == "webhook"), "old", "hook"))!));
        Assert.Equal("clear-salt", salt);

        // What is masked comes back with a change of something beside it, and stays.
        webhook["headers"]!.AsArray().Add(new JsonObject { ["name"] = "X-New", ["value"] = "new" });
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-webhook?id=old/hook", webhook.AsObject()));
        stored = (await server.Database.ReadAsync(c => ObjectStore.FindAsync(c, stored.Kind, "old", "hook")))!;
        Assert.Equal(["clear-bearer", "", "new"], new ObjectStore(server.Secrets, server.Clock).RevealValue(stored, "headers")!.AsArray().Select(h => (string)h!["value"]!));
    }
}
