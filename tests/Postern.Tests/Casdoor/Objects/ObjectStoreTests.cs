using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Objects;

public sealed class ObjectStoreTests(Servers servers)
{
    private const string Bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

    internal const string AnyModel = @"[request_definition]\nr = sub\n[policy_definition]\np = sub\n[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = r.sub == p.sub";

    public static TheoryData<DatabaseDriver, string> EveryKind() => Kinds(_ => true);

    /// <summary>Those whose name the client chooses.</summary>
    public static TheoryData<DatabaseDriver, string> EveryNamedKind() => Kinds(k => !k.IsNamedByServer);

    private static TheoryData<DatabaseDriver, string> Kinds(Func<ObjectKind, bool> which) =>
        Databases.BothFor(ObjectKinds.All.Where(which).Select(k => k.Name));

    [Theory, MemberData(nameof(EveryNamedKind))]
    public async Task What_is_added_reads_with_every_property_of_Casdoor_in_its_order_and_type(DatabaseDriver driver, string name)
    {
        var world = await WorldAsync(driver);
        var kind = ObjectKinds.All.Single(k => k.Name == name);
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path($"objects/{name}.json"), TestContext.Current.CancellationToken))!;
        var sent = golden["add"]!["body"]!.DeepClone().AsObject();
        sent[kind.NameProperty] = world.Name("probe");
        sent[kind == ObjectKinds.Application ? "organization" : "owner"] = kind == ObjectKinds.Organization ? "admin" : world.Organization;
        Assert.True(await world.AddAsync(kind, sent));
        Assert.False(await world.AddAsync(kind, sent));

        var expected = (golden["get"]!["body"]!["data"] ?? golden["list"]!["body"]!["data"]![0]!).AsObject();
        var read = (await world.GetAsync(kind, sent["owner"]!.GetValue<string>(), sent[kind.NameProperty]!.GetValue<string>()))!;
        string[] ours = ["openPlatform", "tokenEndpointAuthMethod", "apiAccess", "jwksUri", "idTokenClaims", "jwks", "securityProfile", "firstSigninPolicy"];
        Assert.Equal(expected.Select(p => p.Key), read.Select(p => p.Key).Where(p => !ours.Contains(p) && (expected.ContainsKey(p) || !sent.ContainsKey(p))));
        // Views that have no object behind them yet, and values that a test knows to be different.
        string[] computed = ["multiFactorAuths", "ranking", "registerSource", "owner", "name", "createdTime", "updatedTime", "organization",
            "organizationObj", "id", "password", "passwordSalt", "passwordType", "clientId", "clientSecret", "certificate", "privateKey", "signinItems", "accessKey", "accessSecret", "providerObjs", "user", "product"];
        foreach (var (property, value) in expected)
        {
            Assert.True(SameType(value, read[property]), $"{property}: {value?.ToJsonString()} and {read[property]?.ToJsonString()}");
            if (!computed.Contains(property))
            {
                Assert.True(JsonNode.DeepEquals(value, read[property]), $"{property}: {value?.ToJsonString()} and {read[property]?.ToJsonString()}");
            }
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Properties_that_nobody_knows_survive_and_a_partial_change_changes_nothing_else(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        var name = world.Name("mini");
        await world.AddAsync(ObjectKinds.Provider, Json(
            $$"""{"owner":"admin","NAME":"{{name}}","clientSecret":"app-secret","Type":"WeChatMiniProgram","x-ours":{"b":[1,2]},"createdTime":"2026-08-22T16:53:36+08:00"}"""));
        Assert.Equal("", await world.UpdateAsync(ObjectKinds.Provider, "admin", name, Json("""{"displayName":"迷你","clientSecret":"***","port":null}""")));
        var read = (await world.GetAsync(ObjectKinds.Provider, "admin", name))!;
        Assert.Equal("""{"b":[1,2]}""", read["x-ours"]!.ToJsonString());
        Assert.Equal(("迷你", "***", "WeChatMiniProgram"), (Text(read, "displayName"), Text(read, "clientSecret"), Text(read, "type")));
        Assert.Equal("2026-08-22T16:53:36+08:00", Text(read, "createdTime"));
        Assert.Equal("app-secret", world.Store.Reveal((await world.FindAsync(ObjectKinds.Provider, "admin", name))!, "clientSecret"));
        Assert.DoesNotContain("app-secret", await world.Server.DumpAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","owner":"o","score":"7"}""", "json: cannot unmarshal string into Go struct field User.score of type int")]
    [InlineData("""{"name":"x","owner":"o","score":1.5}""", "json: cannot unmarshal number 1.5 into Go struct field User.score of type int")]
    [InlineData("""{"name":"x","owner":"o","isadmin":1}""", "json: cannot unmarshal number into Go struct field User.isAdmin of type bool")]
    [InlineData("""{"name":"x","owner":"o","address":[1]}""", "json: cannot unmarshal number into Go struct field User.address of type string")]
    [InlineData("""{"name":7,"owner":"o"}""", "json: cannot unmarshal number into Go struct field User.name of type string")]
    [InlineData("""{"name":"x","owner":"o","bio":"a\u0000b"}""", "U+0000 is not allowed in bio")]
    [InlineData("""{"name":"x","owner":"o","unknown":{"a":["\u0000"]}}""", "U+0000 is not allowed in unknown")]
    [InlineData("""{"name":"x","owner":"o","bio":"\ud800"}""", "invalid character in string: not Unicode text")]
    [InlineData("""{"name":"a/b","owner":"o"}""", "Field 'name' contains forbidden characters: \"/?:#&%=+;\"")]
    [InlineData("""{"name":"a\nb","owner":"o"}""", "Field 'name' must not contain control characters")]
    [InlineData("""{"name":"","owner":"o"}""", "name must not be empty")]
    [InlineData("""{"name":"x"}""", "owner must not be empty")]
    [InlineData("""{"name":"x","owner":"o","createdTime":7}""", "json: cannot unmarshal number into Go struct field User.createdTime of type string")]
    public async Task A_document_that_does_not_do_is_refused_with_a_sentence(string document, string message)
    {
        var world = await WorldAsync(DatabaseDriver.Sqlite);
        Assert.Equal(message, world.Store.PrepareAdd(ObjectKinds.User, Json(document)).Refusal.English);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Passwords_in_clear_text_are_hashed_and_hashed_ones_stay(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        await world.AddAsync(ObjectKinds.User, Json($$"""{"owner":"{{world.Organization}}","name":"clear","password":"canary-password","totpSecret":"canary-totp"}"""));
        await world.AddAsync(ObjectKinds.User, Json($$"""{"owner":"{{world.Organization}}","name":"hashed","password":"{{Bcrypt}}","passwordType":"bcrypt","passwordSalt":"s"}"""));
        var clear = (await world.FindAsync(ObjectKinds.User, world.Organization, "clear"))!;
        Assert.True(PasswordHashes.Verify(world.Store.Reveal(clear, "password"), "canary-password"));
        Assert.False(PasswordHashes.Verify(world.Store.Reveal(clear, "password"), "another"));
        Assert.Equal((PasswordHashes.Type, "***", ""), (Text(clear.Show(), "passwordType"), Text(clear.Show(), "password"), Text(clear.Show(), "totpSecret")));
        var hashed = (await world.FindAsync(ObjectKinds.User, world.Organization, "hashed"))!;
        Assert.Equal((Bcrypt, "s", "bcrypt"), (world.Store.Reveal(hashed, "password"), world.Store.Reveal(hashed, "passwordSalt"), hashed.Text("password_type")));
        var dump = await world.Server.DumpAsync();
        Assert.DoesNotContain("canary-", dump, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Forbidding_or_deleting_a_user_ends_his_grants_and_sessions(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        foreach (var way in new[] { "isForbidden", "isDeleted", "delete" })
        {
            var user = Json($$"""{"owner":"{{world.Organization}}","name":"{{way}}","id":"{{world.Name(way)}}"}""");
            await world.AddAsync(ObjectKinds.User, user);
            var id = world.Name(way);
            await world.WriteAsync(async (connection, transaction) =>
            {
                await connection.ExecuteAsync("insert into grants (id, user_id, application_id, grant_type, scope, with_secret, auth_time, created_time, expires_time) values (@id, @id, '', '', '', false, 1, 1, 1)", new { id }, transaction);
                await connection.ExecuteAsync("insert into sessions (hash, user_id, created_time, expires_time) values (@id, @id, 1, 1)", new { id }, transaction);
                return true;
            });
            if (way == "delete")
            {
                Assert.True(await world.WriteAsync((c, t) => ObjectStore.DeleteAsync(c, t, ObjectKinds.User, world.Organization, way, 5)));
                Assert.Null(await world.GetAsync(ObjectKinds.User, world.Organization, way));
            }
            else
            {
                Assert.Equal("", await world.UpdateAsync(ObjectKinds.User, world.Organization, way, new JsonObject { [way] = true }));
            }

            var left = await world.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>(
                "select (select count(*) from grants where user_id = @id and ended_time is null) + (select count(*) from sessions where user_id = @id)", new { id }));
            Assert.Equal(0, left);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Identities_are_views_that_no_client_writes(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        var id = world.Name("u");
        await world.AddAsync(ObjectKinds.User, Json($$$"""{"owner":"{{{world.Organization}}}","name":"u","id":"{{{id}}}","wechat":"forged","properties":{"wechatOpenId":"forged","no":"7"}}"""));
        Assert.Equal("""{"no":"7"}""", (await world.GetAsync(ObjectKinds.User, world.Organization, "u"))!["properties"]!.ToJsonString());
        await world.WriteAsync(async (c, t) =>
            await ExternalIdentities.AddAsync(c, new(world.Organization, ExternalIdentities.OpenId, "wx1", "openid-1"), id, 1, t)
            && await ExternalIdentities.AddAsync(c, new(world.Organization, ExternalIdentities.UnionId, "p", "unionid-1"), id, 2, t));
        var page = await Lists.ReadAsync(world.Server.Database, ObjectKinds.User, new ObjectQuery { Owner = world.Organization });
        var read = Assert.Single(page.Value!.Items);
        Assert.Equal(("openid-1", "openid-1", "unionid-1"), (Text(read, "wechat"), Text(read["properties"]!, "wechatOpenId"), Text(read["properties"]!, "wechatUnionId")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Lists_are_paged_filtered_and_sorted_by_fixed_lists(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        foreach (var name in new[] { "anna", "Bob_1", "bobX1", "100%" })
        {
            await world.AddAsync(ObjectKinds.User, Json($$"""{"owner":"{{world.Organization}}","name":"{{name.Replace("%", "", StringComparison.Ordinal)}}","displayName":"{{name}}","email":"{{name}}@x"}"""));
        }

        Task<Prepared<ListedPage>> ListAsync(ObjectQuery query) =>
            Lists.ReadAsync(world.Server.Database, ObjectKinds.User, query with { Owner = world.Organization });
        string Names(Prepared<ListedPage> page) => string.Join(' ', page.Value!.Items.Select(u => Text(u, "name"))) + " of " + page.Value.Total;

        Assert.Equal("100 Bob_1 of 4", Names(await ListAsync(new() { PageSize = 2, Page = 1, SortField = "name", IsAscending = true })));
        Assert.Equal("anna bobX1 of 4", Names(await ListAsync(new() { PageSize = 2, Page = 99, SortField = "name", IsAscending = true })));
        Assert.Equal("bobX1 Bob_1 of 2", Names(await ListAsync(new() { PageSize = 5, Page = 0, Field = "displayName", Value = "BOB", SortField = "name" })));
        Assert.Equal("Bob_1 of 1", Names(await ListAsync(new() { PageSize = 5, Page = 1, Field = "display_name", Value = "b_1" })));
        Assert.Equal("100 of 1", Names(await ListAsync(new() { PageSize = 5, Page = 1, Field = "displayName", Value = "%" })));
        Assert.Equal(" of 4", Names(await ListAsync(new() { PageSize = 0, Page = 1 })));
        Assert.Equal("users cannot be searched by password", (await ListAsync(new() { PageSize = 5, Page = 1, Field = "password", Value = "x" })).Refusal.English);
        Assert.Equal("users cannot be sorted by password", (await ListAsync(new() { PageSize = 5, Page = 1, SortField = "password" })).Refusal.English);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_key_that_may_have_signed_stays_under_its_name(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        var name = world.Name("cert");
        Assert.True(await world.AddAsync(ObjectKinds.Cert, Json($$"""{"owner":"admin","name":"{{name}}","cryptoAlgorithm":"ES256","type":"x509"}""")));
        Assert.False(await world.AddAsync(ObjectKinds.Cert, Json($$"""{"owner":"{{world.Organization}}","name":"{{name}}","cryptoAlgorithm":"ES256"}""")));
        Assert.Contains("cannot be changed", await world.UpdateAsync(ObjectKinds.Cert, "admin", name, Json("""{"privateKey":"other"}""")), StringComparison.Ordinal);
        Assert.Contains("kid", await world.UpdateAsync(ObjectKinds.Cert, "admin", name, Json("""{"name":"other"}""")), StringComparison.Ordinal);
        Assert.Equal("", await world.UpdateAsync(ObjectKinds.Cert, "admin", name, Json("""{"displayName":"Mine","privateKey":"***"}""")));
        var made = (await world.GetAsync(ObjectKinds.Cert, "admin", name))!;
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", Text(made, "certificate"), StringComparison.Ordinal);
        Assert.Equal("***", Text(made, "privateKey"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organization_with_something_of_its_own_is_not_deleted_and_a_new_name_is_followed(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        await world.AddAsync(ObjectKinds.User, Json($$"""{"owner":"{{world.Organization}}","name":"u"}"""));
        Assert.Equal($"the organization {world.Organization} still has users: delete them first",
            (await world.Server.Database.ReadAsync(async c => await ObjectStore.RefuseDeletionAsync(c, (await ObjectStore.FindAsync(c, ObjectKinds.Organization, "admin", world.Organization))!, 0)))?.English);
        Assert.False(await world.WriteAsync((c, t) => ObjectStore.DeleteAsync(c, t, ObjectKinds.Organization, "admin", world.Organization, 1)));
        var renamed = world.Name("renamed");
        Assert.Equal("", await world.UpdateAsync(ObjectKinds.Organization, "admin", world.Organization, new JsonObject { ["name"] = renamed }));
        Assert.NotNull(await world.GetAsync(ObjectKinds.User, renamed, "u"));
        Assert.True(await world.WriteAsync((c, t) => ObjectStore.DeleteAsync(c, t, ObjectKinds.User, renamed, "u", 1)));
        Assert.True(await world.WriteAsync((c, t) => ObjectStore.DeleteAsync(c, t, ObjectKinds.Organization, "admin", renamed, 1)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_whole_object_that_is_read_and_sent_back_changes_nothing(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        foreach (var kind in ObjectKinds.All.Where(k => !k.IsNamedByServer))
        {
            var name = world.Name("same");
            var owner = kind.FixedOwner ?? world.Organization;
            await world.AddAsync(kind, Json($$"""{"owner":"{{owner}}","{{kind.NameProperty}}":"{{name}}","organization":"{{world.Organization}}","password":"p","modelText":"{{AnyModel}}"}"""));
            var stored = (await world.FindAsync(kind, owner, name))!;
            var update = world.Store.PrepareUpdate(stored, (await world.GetAsync(kind, owner, name))!);
            Assert.Equal("", update.Refusal.English);
            Assert.Empty(update.Value!.Values);
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_change_from_a_stale_read_is_not_written(DatabaseDriver driver)
    {
        var world = await WorldAsync(driver);
        await world.AddAsync(ObjectKinds.User, Json($$"""{"owner":"{{world.Organization}}","name":"u"}"""));
        var stored = (await world.FindAsync(ObjectKinds.User, world.Organization, "u"))!;
        Assert.Equal("", await world.UpdateAsync(ObjectKinds.User, world.Organization, "u", Json("""{"bio":"first"}""")));
        var late = world.Store.PrepareUpdate(stored, Json("""{"title":"second"}""")).Value!;
        Assert.False(await world.WriteAsync((c, t) => ObjectStore.UpdateAsync(c, t, late)));
        Assert.Equal("first", Text((await world.GetAsync(ObjectKinds.User, world.Organization, "u"))!, "bio"));
    }

    private async Task<ObjectWorld> WorldAsync(DatabaseDriver driver) => await ObjectWorld.CreateAsync(await servers.OnAsync(driver));

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static string Text(JsonNode node, string property) => node[property]?.GetValue<string>() ?? "(null)";

    private static bool SameType(JsonNode? expected, JsonNode? read)
    {
        static string Type(JsonNode? node) => node?.GetValueKind() switch
        {
            JsonValueKind.True or JsonValueKind.False => "bool",
            null => "list or map",
            JsonValueKind.Array or JsonValueKind.Object => "list or map",
            { } kind => kind.ToString(),
        };
        return Type(expected) == Type(read);
    }
}
