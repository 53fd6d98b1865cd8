using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.TokenFields;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary>What a tenant's settings may have the server say and sign of a user, and where it says what was verified (docs/tokens.md).</summary>
public sealed class TokenClaimTests(Servers servers)
{
    private static readonly string[] Identity =
    [
        "owner", "name", "id", "sub", "isAdmin", "isGlobalAdmin", "email", "email_verified", "emailVerified", "phone", "phone_number", "phone_number_verified", "phone_verified",
        "roles", "groups", "permissions", "permissionNames", "preferred_username", "type", "tag", "wechat", "idCard", "realName", "iss", "aud", "exp", "nbf", "iat", "jti", "azp", "scope",
        "client_id", "cnf", "act", "may_act", "acr", "amr", "auth_time", "nonce", "at_hash", "c_hash", "sid", "events", "tokenType", "given_name", "updated_at", "picture", "entitlements",
        // As frameworks and other providers' clients read them.
        "username", "user_id", "uid", "oid", "nameid", "unique_name", "upn", "role", "organization",
        // As decoders read them that look at neither case nor form.
        "Owner", "OWNER", "Email_Verified", "isadmin", "IsAdmin", "ſub", "ＩＤ", "name ", "na\u200bme", "EMAIL-VERIFIED", "Sub", "TokenType",
    ];

    public static TheoryData<DatabaseDriver, string> Names()
    {
        var data = new TheoryData<DatabaseDriver, string>();
        foreach (var driver in Enum.GetValues<DatabaseDriver>())
        {
            data.Add(driver, "attributes");
            data.Add(driver, "fields");
        }

        return data;
    }

    [Theory, MemberData(nameof(Names))]
    public async Task No_setting_of_a_tenant_gives_a_known_claim_a_value_of_its_own(DatabaseDriver driver, string by)
    {
        var server = await servers.OnAsync(driver);
        using var house = await House.OfAsync(server);

        foreach (var name in Identity)
        {
            var change = by == "attributes" ? Attributes(Attribute(name, "Static Value", "made up")) : new JsonObject { ["tokenFields"] = new JsonArray("Properties." + name) };
            // Facts about a person may come from the properties that the user has.
            var isRefused = by == "attributes" || name is not ("given_name" or "updated_at" or "picture" or "entitlements");
            var answer = await house.ChangeAsync(change);
            Assert.Equal((name, isRefused), (name, answer.Contains("claim", StringComparison.Ordinal)));
        }

        Assert.Contains("Existing Field with Owner", await house.ChangeAsync(Attributes(Attribute("owner", "Static Value", "other"))), StringComparison.Ordinal);
        Assert.Contains("set by the server", await house.ChangeAsync(Attributes(Attribute("iss", "Existing Field", "Owner"))), StringComparison.Ordinal);
        Assert.Contains("claim \"email\"", await house.ChangeAsync(Attributes(Attribute("email", "Existing Field", "DisplayName"))), StringComparison.Ordinal);
        foreach (var type in new[] { "xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", "xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "microsoft.com/ws/2008/06/identity/claims/role" })
        {
            Assert.Contains("the user alone", await house.ChangeAsync(Attributes(Attribute("http://schemas." + type, "Static Value", "made up"))), StringComparison.Ordinal);
        }

        Assert.Contains("claim \"sub\"", await house.AddAsync(Attributes(Attribute("sub", "", "someone"))), StringComparison.Ordinal);
        Assert.Equal(1, await server.ScalarAsync<long>("select count(*) from applications where organization = @Organization", new { house.Tenant.Organization }));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_stands_in_an_application_already_is_not_signed(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var house = await House.OfAsync(server);
        var attributes = new JsonArray([.. Identity.Select(name => Attribute(name, "Static Value", "made up")), Attribute("level", "Static Value", "gold")]);
        await server.ExecuteAsync(
            "update applications set token_format = 'JWT-Custom', token_attributes = @attributes, token_fields = @fields where name = @Application",
            new { attributes = attributes.ToJsonString(), fields = new JsonArray("Properties.owner", "Properties.sub", "Properties.nick").ToJsonString(), house.Tenant.Application });

        foreach (var token in new[] { "access_token", "id_token" })
        {
            var claims = (await house.SignInAsync()).Claims(token);
            Assert.DoesNotContain("made up", claims.GetRawText(), StringComparison.Ordinal);
            Assert.Equal((house.UserId, "gold", "Al"), (claims.GetProperty("sub").GetString(), claims.GetProperty("level").GetString(), claims.GetProperty("nick").GetString()));
            Assert.False(claims.TryGetProperty("owner", out _));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_known_claim_has_the_users_own_value_in_its_own_type(DatabaseDriver driver)
    {
        using var house = await House.OfAsync(await servers.OnAsync(driver));
        var change = Attributes(
            Attribute("email", "Existing Field", "Email"), Attribute("email_verified", "Existing Field", "EmailVerified"), Attribute("owner", "Static Value", "$user.owner"),
            Attribute("preferred_username", "Existing Field", "Name"), Attribute("name", "Existing Field", "DisplayName"), Attribute("isAdmin", "Existing Field", "IsAdmin"),
            Attribute("groups", "Static Value", "$user.groups"), Attribute("roles", "Existing Field", "Roles"), Attribute("nickname", "Existing Field", "Properties.nick"),
            Attribute("https://shop.example/tier", "Static Value", "gold"), Attribute("部门", "Static Value", "sales", "Array"));

        Assert.Equal("", await house.ChangeAsync(change));
        var claims = (await house.SignInAsync()).Claims("access_token");

        Assert.Equal(
            (house.Tenant.Organization, "alice", "Alice", "alice@example.com", "Al", "gold"),
            (Text("owner"), Text("preferred_username"), Text("name"), Text("email"), Text("nickname"), Text("https://shop.example/tier")));
        Assert.Equal((JsonValueKind.True, JsonValueKind.False), (claims.GetProperty("email_verified").ValueKind, claims.GetProperty("isAdmin").ValueKind));
        Assert.Equal([JsonValueKind.Array, JsonValueKind.Array, JsonValueKind.Array], new[] { "groups", "roles", "部门" }.Select(c => claims.GetProperty(c).ValueKind));

        string? Text(string claim) => claims.GetProperty(claim).GetString();
    }

    [Fact]
    public async Task An_application_that_has_such_an_attribute_already_can_be_changed_otherwise()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var house = await House.OfAsync(server);
        await server.ExecuteAsync(
            "update applications set token_attributes = @attributes where name = @Application",
            new { attributes = new JsonArray(Attribute("owner", "Static Value", "other")).ToJsonString(), house.Tenant.Application });

        Assert.Equal("", await house.ChangeAsync(new JsonObject { ["displayName"] = "Shop", ["tokenAttributes"] = new JsonArray(Attribute("owner", "Static Value", "other")) }));
        Assert.Equal("Shop", await server.ScalarAsync<string>("select display_name from applications where name = @Application", new { house.Tenant.Application }));
    }

    [Fact]
    public void Every_claim_that_casdoors_clients_read_is_a_known_one() =>
        Assert.Equal([], CasdoorClaims.All.Select(c => c.Claim).Where(claim => ReservedClaims.Refuse(claim, null) is null));

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_answer_says_of_an_address_whether_it_was_verified(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        foreach (var format in new[] { "JWT", "JWT-Empty", "JWT-Standard", "JWT-Custom" })
        {
            using var house = await House.OfAsync(server, $"""token_format = '{format}', token_fields = '["Email","EmailVerified"]'""");
            foreach (var isVerified in new[] { true, false })
            {
                await house.VerifyAsync(isVerified);
                var tokens = await house.SignInAsync();
                var bearer = "Bearer " + tokens["access_token"];

                Assert.Equal(isVerified, Flag(tokens.Claims("access_token"), "email_verified", "emailVerified"));
                Assert.Equal(isVerified, Flag(tokens.Claims("id_token"), "email_verified", "emailVerified"));
                Assert.Equal(isVerified, Flag((await server.GetAsync("/api/userinfo", bearer)).Body, "email_verified"));
                Assert.Equal(isVerified, Flag((await server.GetAsync("/api/get-account", bearer)).Body.GetProperty("data"), "emailVerified"));
                Assert.Equal(isVerified ? JsonValueKind.String : JsonValueKind.Null, (await server.GetAsync("/api/user", bearer)).Body.GetProperty("email_verified_at").ValueKind);
            }
        }

        // A format that says nothing of an address that was not verified says so too.
        static bool Flag(JsonElement answer, params string[] names) =>
            names.Select(n => answer.TryGetProperty(n, out var value) && value.ValueKind == JsonValueKind.True).Any(isTrue => isTrue);
    }

    private static JsonObject Attributes(params JsonObject[] attributes) =>
        new() { ["tokenFormat"] = "JWT-Custom", ["tokenAttributes"] = new JsonArray(attributes) };

    private static JsonObject Attribute(string name, string category, string value, string type = "String") =>
        new() { ["name"] = name, ["category"] = category, ["value"] = value, ["type"] = type };

    private sealed record House(Tenant Tenant, string UserId, HttpClient Http) : IDisposable
    {
        public static async Task<House> OfAsync(TestServer server, string columns = "")
        {
            var tenant = await server.NewWebTenantAsync("password", columns);
            var user = await tenant.AddUserAsync(
                "alice", ("displayName", "Alice"), ("email", "alice@example.com"), ("emailVerified", true),
                ("properties", new JsonObject { ["nick"] = "Al", ["owner"] = "made up", ["sub"] = "made up" }));
            return new House(tenant, user, tenant.AsApplication());
        }

        /// <summary>The refusal, or nothing.</summary>
        public Task<string> ChangeAsync(JsonObject change) => PostAsync("/api/update-application?id=admin/" + Tenant.Application, change);

        public Task<string> AddAsync(JsonObject more)
        {
            more["owner"] = "admin";
            more["organization"] = Tenant.Organization;
            more["name"] = "another-" + Tenant.Application;
            return PostAsync("/api/add-application", more);
        }

        public Task<string> VerifyAsync(bool isVerified) => PostAsync($"/api/update-user?id={Tenant.Organization}/alice&columns=emailVerified", new JsonObject { ["emailVerified"] = isVerified });

        public Task<Answer> SignInAsync() => Tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", Tenant.ClientId), ("client_secret", Tenant.ClientSecret), ("username", "alice"), ("password", PasswordUsers.Password), ("scope", "openid email"));

        public void Dispose() => Http.Dispose();

        private async Task<string> PostAsync(string path, JsonObject body)
        {
            using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
            return (await Answer.OfAsync(response))["msg"]!;
        }
    }
}
