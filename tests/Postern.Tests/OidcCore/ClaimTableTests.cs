using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>The table of claims (OpenID Connect Core §5.1, §5.4) against what is really sent, for every claim and every format.</summary>
public sealed class ClaimTableTests(Servers servers)
{
    private const string Everything = "openid profile email phone address groups roles";
    private static readonly string[] Formats = ["JWT", "JWT-Empty", "JWT-Standard", "JWT-Custom"];

    public static TheoryData<DatabaseDriver, string> EveryFormat()
    {
        var data = new TheoryData<DatabaseDriver, string>();
        foreach (var format in Formats)
        {
            data.Add(format == "JWT" ? DatabaseDriver.Postgres : DatabaseDriver.Sqlite, format);
        }

        return data;
    }

    [Theory, MemberData(nameof(EveryFormat))]
    public async Task Every_claim_stands_where_the_table_says_with_its_type_and_one_value(DatabaseDriver driver, string format)
    {
        using var flow = await FlowAsync(await servers.OnAsync(driver), format);

        foreach (var scope in new[] { "openid", "openid profile", "openid email", "openid phone", "openid address", "openid groups", "openid roles", Everything })
        {
            var tokens = await TokensAsync(flow, scope);
            var (identity, access) = (tokens.Claims("id_token"), tokens.Claims("access_token"));
            var told = (await flow.UserInfoAsync(tokens["access_token"])).Body;
            var introspected = (await flow.Client.PostAsync("/api/login/oauth/introspect", flow.Basic, ("token", tokens["access_token"]))).Body;

            Fits(identity, ClaimPlaces.IdToken, scope);
            Fits(told, ClaimPlaces.UserInfo, scope);
            Fits(introspected, ClaimPlaces.Introspection, scope);
            Fits(access, PlaceOf(format), scope);
            foreach (var claim in Claims.OfUsers.Where(c => told.TryGetProperty(c.Name, out _)))
            {
                Assert.Equal((claim.Name, told.GetProperty(claim.Name).GetRawText()), (claim.Name, identity.GetProperty(claim.Name).GetRawText()));
            }
        }
    }

    [Fact]
    public async Task The_values_are_the_users_in_the_standards_form()
    {
        using var flow = await FlowAsync(await servers.OnAsync(DatabaseDriver.Sqlite), "JWT");

        var claims = (await TokensAsync(flow, Everything)).Claims("id_token");

        Assert.Equal(
            ["梅 Mei", "Mei", "Li", "mei", "https://shop.example/mei.png", "https://mei.example/", "female", "1990-02-28", "Asia/Shanghai", "zh-CN", "mei@shop.example", "+8613800138005"],
            new[]
            {
                "name", "given_name", "family_name", "preferred_username", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "email", "phone_number",
            }.Select(name => claims.GetProperty(name).GetString()));
        Assert.Equal((true, false), (claims.GetProperty("email_verified").GetBoolean(), claims.GetProperty("phone_number_verified").GetBoolean()));
        Assert.Equal("""{"formatted":"1 Green Lake Road\nGate 2\nKunming\nCN","street_address":"1 Green Lake Road\nGate 2","locality":"Kunming","country":"CN"}""", claims.GetProperty("address").GetRawText());
        Assert.Equal([$"{flow.Tenant.Organization}/readers-{flow.Tenant.Organization}"], claims.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(["editors"], claims.GetProperty("roles").EnumerateArray().Select(g => g.GetString()));
        var updated = claims.GetProperty("updated_at").GetInt64();
        Assert.Equal(updated, await flow.Tenant.Server.ScalarAsync<long>("select updated_time / 1000 from users where owner = @Organization and name = 'mei'", new { flow.Tenant.Organization }));
    }

    [Fact]
    public async Task What_has_no_value_or_not_the_standards_form_is_left_out()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync(
            """update users set display_name = '', avatar = 'data:image/png;base64,AA', body = @body where id = @UserId""",
            new
            {
                body = """{"birthday":"28.2.1990","homepage":"mei.example","language":"the one of Mei","gender":" ","address":["",""],"location":"","properties":{"zoneinfo":"8 hours"}}""",
                flow.UserId,
            });

        var tokens = await flow.TokensAsync(("scope", Everything));
        var told = (await flow.UserInfoAsync(tokens["access_token"])).Body;

        // The user name stands for a display name that there is not.
        string[] expected = ["name", "preferred_username", "updated_at"];
        Assert.Equal(expected, told.EnumerateObject().Select(p => p.Name).Except(["sub", "iss", "aud"]));
        Assert.Equal("ann", told.GetProperty("name").GetString());
        Assert.Equal(expected, Claims.OfUsers.Select(c => c.Name).Where(name => tokens.Claims("id_token").TryGetProperty(name, out _)));
    }

    [Theory]
    [InlineData("1990-02-28", "1990-02-28")]
    [InlineData("0000-02-29", "0000-02-29")]
    [InlineData("1990", "1990")]
    [InlineData("1990-02-30", null)]
    [InlineData("1990-2-3", null)]
    [InlineData("1990-02-28T00:00:00Z", null)]
    public async Task A_birthday_is_told_where_it_is_a_day_of_the_standard(string birthday, string? told)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.ExecuteAsync("update users set body = @body where id = @UserId", new { body = new JsonObject { ["birthday"] = birthday }.ToJsonString(), flow.UserId });

        var claims = (await flow.TokensAsync()).Claims("id_token");

        Assert.Equal(told, claims.TryGetProperty("birthdate", out var day) ? day.GetString() : null);
    }

    [Theory, MemberData(nameof(EveryFormat))]
    public async Task Without_a_scope_an_id_token_says_who_it_is_and_nothing_of_the_person(DatabaseDriver driver, string format)
    {
        using var flow = await FlowAsync(await servers.OnAsync(driver), format);

        foreach (var scope in new[] { "openid", "read" })
        {
            var claims = (await TokensAsync(flow, scope)).Claims("id_token");
            Assert.Equal([], claims.EnumerateObject().Select(p => p.Name).Except(Claims.All.Where(c => !c.IsOfUser).Select(c => c.Name)));
            foreach (var text in new[] { "梅", "mei@shop", "mei.example", "13800138005", "Kunming", "1990-02-28" })
            {
                Assert.DoesNotContain(text, claims.GetRawText(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task The_metadata_and_the_page_of_docs_say_what_the_table_says()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var metadata = (await server.GetAsync("/.well-known/openid-configuration")).Body;
        var docs = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "tokens.md"), TestContext.Current.CancellationToken);

        Assert.Equal(Claims.Supported, metadata.GetProperty("claims_supported").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(Scopes.Standard.Concat(Scopes.OfApi), metadata.GetProperty("scopes_supported").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(AuthenticationContexts.Supported, metadata.GetProperty("acr_values_supported").EnumerateArray().Select(c => c.GetString()));
        Assert.All(AuthenticationContexts.Supported, context => Assert.Contains($"`{context}`", docs, StringComparison.Ordinal));
        Assert.Contains(string.Join('\n', Claims.All.Select(Row)) + "\n", docs, StringComparison.Ordinal);
    }

    private static string Row(Claim claim)
    {
        var cells = new[] { ClaimPlaces.IdToken, ClaimPlaces.UserInfo, ClaimPlaces.Introspection, ClaimPlaces.Jwt, ClaimPlaces.JwtEmpty, ClaimPlaces.JwtCustom, ClaimPlaces.JwtStandard }
            .Select(place => claim.Always.HasFlag(place) ? "yes" : !claim.ByScope.HasFlag(place) ? "" : claim.Scope.Length > 0 ? "scope" : "setting");
        var type = claim.Type switch { ClaimType.Texts => "array of texts", ClaimType.Members => "object", var other => other.ToString().ToLowerInvariant() };
        return $"| `{claim.Name}` | {type} | {claim.Source} | {(claim.Scope.Length > 0 ? $"`{claim.Scope}`" : "")} | {string.Join(" | ", cells)} |".Replace("|  |", "| |", StringComparison.Ordinal).Replace("|  |", "| |", StringComparison.Ordinal);
    }

    /// <summary>Every claim is one of the table's for this place, of its type, and none that its scope asks for is missing.</summary>
    private static void Fits(JsonElement answer, ClaimPlaces place, string scope)
    {
        var scopes = Scopes.Words(scope);
        // Formats of Casdoor have its fields beside the table's claims.
        var isCasdoors = place is ClaimPlaces.Jwt or ClaimPlaces.JwtEmpty or ClaimPlaces.JwtCustom;
        foreach (var property in answer.EnumerateObject())
        {
            var rows = Claims.All.Where(c => c.Name == property.Name && ((c.Always | c.ByScope) & place) != ClaimPlaces.None).ToList();
            Assert.True(isCasdoors || rows.Count == 1, $"{place} {scope}: {property.Name} is not in the table");
            Assert.True(rows.TrueForAll(row => Has(row.Type, property.Value)), $"{place} {scope}: {property.Name} is {property.Value.GetRawText()}");
            Assert.True(
                isCasdoors || rows[0].Always.HasFlag(place) || scopes.Contains(rows[0].Scope), $"{place} {scope}: {property.Name} was not asked for");
        }

        foreach (var claim in Claims.OfUsers.Where(c => c.Always.HasFlag(place) || (c.ByScope.HasFlag(place) && scopes.Contains(c.Scope))))
        {
            Assert.True(answer.TryGetProperty(claim.Name, out _), $"{place} {scope}: {claim.Name} is missing");
        }
    }

    private static bool Has(ClaimType type, JsonElement value) => type switch
    {
        ClaimType.Text => value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0,
        ClaimType.Number => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        ClaimType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        ClaimType.Texts => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => Has(ClaimType.Text, v)),
        _ => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(p => Has(ClaimType.Text, p.Value)),
    };

    private static ClaimPlaces PlaceOf(string format) => format switch
    {
        "JWT-Empty" => ClaimPlaces.JwtEmpty,
        "JWT-Standard" => ClaimPlaces.JwtStandard,
        "JWT-Custom" => ClaimPlaces.JwtCustom,
        _ => ClaimPlaces.Jwt,
    };

    private static async Task<Answer> TokensAsync(CodeFlow flow, string scope)
    {
        var visit = await flow.Browser.OpenAsync(flow.Address(("scope", scope)));
        return await flow.RedeemAsync((visit["code"] is null ? await flow.SignInAsync(visit, "mei") : visit)["code"]!);
    }

    /// <summary>A user who has everything that the table tells of.</summary>
    private static async Task<CodeFlow> FlowAsync(TestServer server, string format)
    {
        var flow = await CodeFlow.StartAsync(server, $"token_format = '{format}'");
        using var administrator = await Administrator.OfAsync(server);
        var organization = flow.Tenant.Organization;
        async Task AddAsync(string kind, JsonObject document)
        {
            (document["owner"], document["name"]) = (organization, document["name"]!.DeepClone());
            Assert.Equal("Affected", await administrator.WriteAsync("/api/add-" + kind, document));
        }

        await AddAsync("group", new() { ["name"] = "readers-" + organization });
        await AddAsync("user", new()
        {
            ["name"] = "mei", ["password"] = CodeFlow.Password, ["displayName"] = "梅 Mei", ["firstName"] = "Mei", ["lastName"] = "Li", ["avatar"] = "https://shop.example/mei.png",
            ["homepage"] = "https://mei.example/", ["gender"] = "Female", ["birthday"] = "1990-02-28", ["language"] = "zh_CN", ["email"] = "mei@shop.example", ["emailVerified"] = true,
            ["phone"] = "13800138005", ["countryCode"] = "CN", ["address"] = new JsonArray("1 Green Lake Road", "Gate 2"), ["location"] = "Kunming", ["region"] = "CN",
            ["properties"] = new JsonObject { ["zoneinfo"] = "Asia/Shanghai" }, ["groups"] = new JsonArray(organization + "/readers-" + organization),
        });
        await AddAsync("role", new() { ["name"] = "editors", ["users"] = new JsonArray(organization + "/mei"), ["isEnabled"] = true });
        return flow;
    }
}
