using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Postern.Directory.Credentials;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Start;

public sealed class InitDataTests
{
    private const string World =
        """
        {
          "organizations": [{"owner": "admin", "name": "built-in", "displayName": "Mine"}, {"owner": "admin", "name": "tea"}],
          "providers": [
            {"owner": "admin", "name": "web", "category": "OAuth", "type": "WeChat", "clientId": "wxweb", "clientSecret": "canary-web"},
            {"owner": "admin", "name": "mini", "category": "OAuth", "type": "WeChatMiniProgram", "clientId": "wxmini", "clientSecret": "canary-mini"}
          ],
          "applications": [
            {"owner": "admin", "name": "tea-app", "organization": "tea", "clientId": "tea-client", "clientSecret": "canary-client", "providers": [{"name": "web"}, {"name": "mini"}]},
            {"owner": "admin", "name": "bare-app", "organization": "tea", "clientId": "bare-client"}
          ],
          "users": [
            {"owner": "tea", "name": "mei", "password": "canary-password", "signupApplication": "tea-app", "properties": {"wechatOpenId": "o-mei", "wechatUnionId": "u-mei"}, "wechat": "ignored"},
            {"owner": "tea", "name": "flat", "signupApplication": "tea-app", "wechat": "o-flat"},
            {"owner": "tea", "name": "bare", "signupApplication": "bare-app", "wechat": "o-bare"},
            {"owner": "tea", "name": "twin-a", "signupApplication": "tea-app", "wechat": "o-twin"},
            {"owner": "tea", "name": "twin-b", "signupApplication": "tea-app", "wechat": "o-twin"}
          ],
          "records": [{"name": "x"}], "ldaps": [], "syncers": null,
          "groups": [{"owner": "tea", "name": "team", "parentId": "staff"}, {"owner": "tea", "name": "staff", "parentId": "tea", "isTopGroup": true}],
          "roles": [{"owner": "tea", "name": "baker", "users": ["tea/mei"], "groups": ["tea/staff"], "isEnabled": true}, {"owner": "tea", "name": "broken", "users": "everybody"}],
          "permissions": [{"owner": "tea", "name": "bake", "roles": ["tea/baker"], "resources": ["oven"], "actions": ["Read"], "effect": "Allow"}]
        }
        """;

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_is_read_before_the_first_objects_which_fill_the_gaps(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(World);

        var first = await installed.StartAsync();

        Assert.Equal(["Mine"], await installed.ReadAsync("select display_name from organizations where name = 'built-in'"));
        Assert.Equal(["admin"], await installed.ReadAsync("select name from users where owner = 'built-in'"));
        Assert.NotNull(first.Report.MadeAdministrator);
        var id = Assert.Single(await installed.ReadAsync("select id from users where name = 'mei'"));
        var hash = Assert.Single(await installed.ReadAsync("select password from users where name = 'mei'"));
        Assert.True(PasswordHashes.Verify(first.Secrets.Read(SecretColumn.UserPassword, id, hash), "canary-password"));
        Assert.Contains(first.Log, l => l.Contains("sections that a start does not take, and postern import --casdoor does: records.", StringComparison.Ordinal));
        Assert.Equal(["bake", "baker", "staff", "team"], await installed.ReadAsync("select name from objects where owner = 'tea' order by name"));
        Assert.Equal(["team"], await installed.ReadAsync("select c.name from memberships m join objects c on c.id = m.object_id join objects p on p.id = m.member_id where m.list = 'parent' and p.name = 'staff'"));
        Assert.Equal(["mei"], await installed.ReadAsync("select u.name from memberships m join objects o on o.id = m.object_id join users u on u.id = m.member_id where o.name = 'baker'"));
        Assert.Contains(first.Log, l => l.Contains("entries that are not as their kind must be are not taken: role tea/broken (", StringComparison.Ordinal));
        Assert.DoesNotContain(first.Log, l => l.Contains("canary", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_installations_own_file_gives_an_application_the_whole_installation(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(
            """
            {
              "organizations": [{"owner": "admin", "name": "casbin"}],
              "applications": [
                {"owner": "admin", "name": "wide", "organization": "casbin", "clientId": "wide", "apiAccess": "installation"},
                {"owner": "admin", "name": "own", "organization": "casbin", "clientId": "own"},
                {"owner": "admin", "name": "closed", "organization": "casbin", "clientId": "closed", "apiAccess": false}
              ]
            }
            """);

        await installed.StartAsync();
        await installed.StartAsync();

        Assert.Equal(["closed none", "own organization", "wide installation"], await installed.ReadAsync("select name || ' ' || api_access from applications where organization = 'casbin' order by name"));
        Assert.Equal(
            ["adapter api-adapter-built-in", "adapter user-adapter-built-in", "enforcer api-enforcer-built-in", "enforcer user-enforcer-built-in", "model api-model-built-in", "model user-model-built-in"],
            await installed.ReadAsync("select kind || ' ' || name from objects where owner = 'built-in' order by kind, name"));
        await installed.WriteAsync("delete from objects where name = 'api-adapter-built-in'");
        await installed.StartAsync();
        Assert.Empty(await installed.ReadAsync("select name from objects where name = 'api-adapter-built-in'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Its_applications_keep_Casdoors_id_tokens_unless_it_says_otherwise(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(
            """
            {
              "organizations": [{"owner": "admin", "name": "tea"}],
              "applications": [
                {"owner": "admin", "name": "kept", "organization": "tea", "clientId": "kept"},
                {"owner": "admin", "name": "new", "organization": "tea", "clientId": "new", "idTokenClaims": "standard"}
              ]
            }
            """);

        await installed.StartAsync();

        Assert.Equal(
            ["app-built-in standard", "app-console standard", "kept casdoor", "new standard"],
            await installed.ReadAsync("select name || ' ' || id_token_claims from applications where name in ('kept', 'new', 'app-built-in', 'app-console') order by name"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task WeChat_identities_go_to_whom_they_certainly_belong_and_to_nobody_else(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(World);

        var first = await installed.StartAsync();

        Assert.Equal(
            ["flat openid wxmini o-flat", "mei openid wxmini o-mei", "mei unionid organization:tea u-mei"],
            await installed.ReadAsync(
                """
                select u.name || ' ' || e.kind || ' ' || replace(e.issuer, u.organization_id, u.owner) || ' ' || e.subject
                from external_identities e join users u on u.id = e.user_id order by 1
                """));
        Assert.Contains(first.Log, l => l.Contains("no Mini Program", StringComparison.Ordinal) && l.Contains("tea/bare.", StringComparison.Ordinal));
        Assert.Contains(first.Log, l => l.Contains("another user claims", StringComparison.Ordinal) && l.Contains("tea/twin-a, tea/twin-b.", StringComparison.Ordinal));
        Assert.DoesNotContain(first.Log, l => l.Contains("o-twin", StringComparison.Ordinal) || l.Contains("o-bare", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_entry_is_taken_once_ever_so_what_is_deleted_stays_deleted(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(World);
        await installed.StartAsync();
        await installed.WriteAsync("delete from users where name = 'flat'");
        await installed.WriteAsync("delete from applications where name = 'bare-app'");

        var second = await installed.StartAsync();

        Assert.Empty(await installed.ReadAsync("select name from users where name = 'flat'"));
        Assert.Empty(await installed.ReadAsync("select name from applications where name = 'bare-app'"));
        Assert.DoesNotContain(second.Log, l => l.Contains("differ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_entry_that_differs_later_is_named_and_not_applied_and_a_new_one_is_taken(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData("""{"organizations": [{"name": "tea", "displayName": "Tea"}]}""");
        await installed.StartAsync();
        installed.WithInitData("""{"organizations": [{"displayName": "Coffee", "name": "tea"}, {"name": "milk"}]}""");

        var second = await installed.StartAsync();

        Assert.Equal(["Tea"], await installed.ReadAsync("select display_name from organizations where name = 'tea'"));
        Assert.Single(await installed.ReadAsync("select name from organizations where name = 'milk'"));
        Assert.Contains(second.Log, l => l.Contains("differ", StringComparison.Ordinal) && l.Contains("organization admin/tea.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_order_of_properties_is_no_difference(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData("""{"organizations": [{"name": "tea", "displayName": "Tea"}]}""");
        await installed.StartAsync();
        installed.WithInitData("""{ "organizations": [ {"displayName": "Tea", "name": "tea"} ] }""");

        var second = await installed.StartAsync();

        Assert.DoesNotContain(second.Log, l => l.Contains("differ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_identity_of_two_that_another_has_is_named_by_its_kind(DatabaseDriver driver)
    {
        var twin = """{"owner": "tea", "name": "twin", "signupApplication": "tea-app", "properties": {"wechatOpenId": "o-own", "wechatUnionId": "u-mei"}},""";
        await using var installed = (await Installed.NewAsync(driver)).WithInitData(World.Replace("\"users\": [", "\"users\": [" + twin, StringComparison.Ordinal));

        var first = await installed.StartAsync();

        var line = Assert.Single(first.Log, l => l.Contains("another user claims", StringComparison.Ordinal));
        Assert.Contains("tea/twin (unionid), tea/mei (unionid), tea/twin-a, tea/twin-b.", line, StringComparison.Ordinal);
        Assert.Equal(["o-own"], await installed.ReadAsync("select e.subject from external_identities e join users u on u.id = e.user_id where u.name = 'twin'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_of_an_organization_that_does_not_exist_is_not_taken_until_it_does(DatabaseDriver driver)
    {
        const string objects =
            """
            "users": [{"owner": "milk", "name": "mei"}, {"owner": "built-in", "name": "boss"}],
            "applications": [{"name": "milk-app", "organization": "milk"}, {"name": "own-app"}],
            "providers": [{"owner": "milk", "name": "milk-mini"}, {"owner": "admin", "name": "mini"}],
            "certs": [{"owner": "milk", "name": "milk-cert", "cryptoAlgorithm": "ES256"}]
            """;
        const string names = "select name from users where name <> 'admin' union all select name from applications union all select name from providers where name not like 'provider%' union all select name from certs order by 1";
        await using var installed = (await Installed.NewAsync(driver)).WithInitData("{" + objects + "}");

        var first = await installed.StartAsync();

        Assert.Equal(["app-built-in", "app-console", "boss", "cert-built-in", "mini", "own-app"], await installed.ReadAsync(names));
        Assert.Empty(await installed.ReadAsync("select name from users where organization_id is null union all select name from applications where organization_id is null"));
        Assert.Contains(first.Log, l => l.Contains("of an organization that does not exist are not taken: provider milk/milk-mini, cert milk/milk-cert, application admin/milk-app, user milk/mei.", StringComparison.Ordinal));
        installed.WithInitData("""{"organizations": [{"name": "milk"}],""" + objects + "}");
        await installed.StartAsync();
        Assert.Equal(["app-built-in", "app-console", "boss", "cert-built-in", "mei", "milk-app", "milk-cert", "milk-mini", "mini", "own-app"], await installed.ReadAsync(names));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_entry_that_stands_twice_is_said_to_stand_twice(DatabaseDriver driver)
    {
        await using var installed = (await Installed.NewAsync(driver)).WithInitData("""{"organizations": [{"name": "tea", "displayName": "Tea"}, {"name": "tea", "displayName": "Coffee"}]}""");

        foreach (var start in new[] { await installed.StartAsync(), await installed.StartAsync() })
        {
            Assert.Contains(start.Log, l => l.Contains("entries that stand twice in the file are taken as they stand first: organization admin/tea.", StringComparison.Ordinal));
            Assert.DoesNotContain(start.Log, l => l.Contains("differ", StringComparison.Ordinal));
        }

        Assert.Equal(["Tea"], await installed.ReadAsync("select display_name from organizations where name = 'tea'"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_name_of_a_deleted_cert_is_not_given_to_another_key(DatabaseDriver driver)
    {
        await using var installed = await Installed.NewAsync(driver);
        await installed.StartAsync();
        await installed.WriteAsync("insert into retired_certs (name, retired_time) values ('old-cert', 1)");
        installed.WithInitData("""{"certs": [{"owner": "admin", "name": "old-cert", "cryptoAlgorithm": "ES256"}]}""");

        var later = await installed.StartAsync();

        Assert.Contains(later.Log, l => l.Contains("certs of a deleted cert's name are not taken: cert admin/old-cert.", StringComparison.Ordinal));
        Assert.Equal(["cert-built-in"], await installed.ReadAsync("select name from certs"));
    }

    [Theory]
    [InlineData("""{"certs": [{"owner": "admin", "name": "cert-built-in", "cryptoAlgorithm": "ES256"}]}""", "certs[0]")]
    [InlineData("""{"users": [{"owner": "built-in", "name": "admin", "password": "123"}]}""", "users[0]")]
    [InlineData("{\"users\": [\n  {\"owner\": }]}", "line 2, position 13")]
    [InlineData("""{"users": {}}""", "users")]
    [InlineData("""{"organizations": [{"name": "tea"}], "users": [7]}""", "users[0]")]
    [InlineData("""{"organizations": [{"name": "tea"}, {"displayName": "no name"}]}""", "organizations[1]")]
    [InlineData("""{"organizations": [{"name": "tea"}], "applications": [{"name": "a", "clientId": 5}]}""", "applications[0]")]
    [InlineData("""{"a": 1, "a": 2}""", "a property that stands twice")]
    [InlineData("[]", "line 1")]
    [InlineData("", "line 1")]
    public async Task What_is_refused_is_named_with_its_place_and_leaves_no_trace(string json, string place)
    {
        foreach (var driver in Enum.GetValues<DatabaseDriver>())
        {
            await using var installed = (await Installed.NewAsync(driver)).WithInitData(json);

            var refusal = await installed.RefusalAsync();

            Assert.Contains("init_data.json, " + place, refusal.Message, StringComparison.Ordinal);
            Assert.Empty(await installed.TablesAsync());
            Assert.False(File.Exists(installed.Options.MasterKeyFile));
        }
    }

    [Fact]
    public async Task A_key_pair_of_its_own_is_taken_and_stays_the_installations()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=mine", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var cert = new { owner = "admin", name = "cert-built-in", certificate = certificate.ExportCertificatePem(), privateKey = rsa.ExportPkcs8PrivateKeyPem() };
        await using var installed = (await Installed.NewAsync(DatabaseDriver.Sqlite)).WithInitData(JsonSerializer.Serialize(new { certs = new[] { cert } }));

        await installed.StartAsync();

        Assert.Equal([cert.certificate], await installed.ReadAsync("select certificate from certs"));
    }
}
