using System.Text.Json.Nodes;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>Typed clients read every answer: keys, JSON types and nulls are those of their models.</summary>
public sealed class StrictModelTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Tokens_claims_introspection_and_userinfo_fit_typed_models(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var tenant = await server.NewTenantAsync("grant_types = '[\"password\",\"refresh_token\"]'");
        var world = new EveryKind(tenant, administrator);
        var id = await world.AddHolderAsync();
        Assert.Equal("Affected", await administrator.WriteAsync("/api/update-user?id=" + id, new JsonObject
        {
            ["password"] = PasswordUsers.Password, ["emailVerified"] = false, ["needUpdatePassword"] = false, ["mfaPhoneEnabled"] = false, ["mfaEmailEnabled"] = false,
            ["mfaRadiusEnabled"] = false, ["mfaPushEnabled"] = false, ["preferredMfaType"] = "",
        }));
        // A password alone is not enough for a user with a second factor.
        await server.ExecuteAsync("update users set secrets = '' where owner = @Organization", new { tenant.Organization });
        var now = server.Clock.GetUtcNow().ToUnixTimeSeconds();

        Task<Answer> SignInAsync(string scope) => tenant.TokenAsync(("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret),
            ("username", id.Split('/')[1]), ("password", PasswordUsers.Password), ("scope", scope));
        var tokens = await SignInAsync("openid profile email phone address");
        var claims = JsonNode.Parse(tokens.Claims("access_token").GetRawText())!;
        var introspected = await server.PostFormAsync("/api/login/oauth/introspect", [("token", tokens["access_token"]!)], Api.Basic(tenant.ClientId, tenant.ClientSecret));
        // As they ask, and where the application speaks as Casdoor does for all scopes.
        var plain = await SignInAsync("openid profile");
        var userInfo = await server.GetAsync("/api/userinfo", "Bearer " + plain["access_token"]);
        await server.ExecuteAsync("update applications set id_token_claims = 'casdoor' where client_id = @ClientId", new { tenant.ClientId });
        var casdoors = await server.GetAsync("/api/userinfo", "Bearer " + tokens["access_token"]);

        Assert.Equal([], StrictModels.Misread(StrictModels.Tokens, JsonNode.Parse(tokens.Text)!));
        Assert.Equal([], StrictModels.Misread(StrictModels.Claims, claims));
        Assert.Equal([], StrictModels.Misread(StrictModels.Introspection, JsonNode.Parse(introspected.Text)!));
        Assert.Equal([], StrictModels.Misread(StrictModels.UserInfo, JsonNode.Parse(userInfo.Text)!));
        Assert.Equal([], StrictModels.Misread(StrictModels.UserInfo, JsonNode.Parse(casdoors.Text)!));
        Assert.Equal(["address", "groups", "permissions", "roles"], casdoors.Body.EnumerateObject().Select(p => p.Name).Intersect(["address", "phone", "groups", "roles", "permissions"]).Order());
        // Verifiers of Go, Python and PHP allow no difference between clocks.
        Assert.InRange(now - claims["iat"]!.GetValue<long>(), 1, 5);
        Assert.Equal((claims["iat"]!.GetValue<long>(), claims["iat"]!.GetValue<long>()), (claims["nbf"]!.GetValue<long>(), introspected.Body.GetProperty("iat").GetInt64()));
        Assert.Equal(long.Parse(tokens["expires_in"]!, System.Globalization.CultureInfo.InvariantCulture), claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>() - 5);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Every_kind_and_its_pages_fit_typed_models(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var world = new EveryKind(await server.NewTenantAsync(), administrator);
        var wrong = new List<string>();
        foreach (var kind in ObjectKinds.All)
        {
            foreach (var id in new[] { kind == ObjectKinds.User ? await world.AddHolderAsync() : await world.AddAsync(kind, isFull: true), await world.AddAsync(kind, isFull: false) })
            {
                var answer = await administrator.GetAsync($"/api/get-{kind.Name}?id={Uri.EscapeDataString(id)}");
                wrong.AddRange(StrictModels.Misread(StrictModels.Envelope, answer));
                wrong.AddRange(StrictModels.Misread(id, kind.Shape, (JsonObject)answer["data"]!));
                if (kind == ObjectKinds.User)
                {
                    wrong.AddRange(StrictModels.Misread(StrictModels.User, answer["data"]!));
                    wrong.AddRange(answer["data"]!["roles"]!.AsArray().SelectMany(r => StrictModels.Misread(StrictModels.Role, r!)));
                    wrong.AddRange(answer["data"]!["permissions"]!.AsArray().SelectMany(p => StrictModels.Misread(StrictModels.Permission, p!)));
                }
            }

            var page = await administrator.GetAsync($"/api/get-{kind.Plural}?owner={kind.FixedOwner ?? world.Organization}&p=1&pageSize=10");
            wrong.AddRange(StrictModels.Misread("status S, msg S, data L, data2 I", page).Select(w => $"{kind.Plural}: {w}"));
            var none = await administrator.GetAsync($"/api/get-{kind.Plural}?owner=nobody");
            wrong.AddRange(StrictModels.Misread("status S, msg S, data L", none).Select(w => $"no {kind.Plural}: {w}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Refusals_are_envelopes_with_status_200_and_all_their_keys(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var (own, none) = (Api.Basic(tenant.ClientId, tenant.ClientSecret), (string?)null);
        foreach (var (path, body, authorization) in new[]
        {
            ("/api/get-user?id=built-in/admin", null, own), ("/api/get-user", null, own), ("/api/get-roles?owner=other", null, own), ("/api/get-roles?owner=x", null, none),
            ("/api/add-role", "", own), ("/api/add-role", "{", own), ("/api/add-role", "[]", own), ("/api/add-role", "\"\"", own), ("/api/add-role", """{"owner":"other","name":"r"}""", own),
            ("/api/update-role?id=x", "{}", own), ("/api/delete-role", "{}", none), ("/api/set-password", "{}", own), ("/api/enforce", "[]", own), ("/api/get-policies", null, own),
        })
        {
            var answer = body is null ? await server.GetAsync(path, authorization) : await server.PostJsonAsync(path, body, authorization);
            Assert.Equal((path, 200), (path, answer.Status));
            Assert.Equal([], StrictModels.Misread("status S, msg S, data? S", JsonNode.Parse(answer.Text)!));
            Assert.Equal("error", answer["status"]);
        }

        Assert.Equal(404, (await server.GetAsync("/api/get-nothing-of-ours", own)).Status);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_endpoint_that_ends_with_a_slash_reaches_the_same_routes(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var own = Api.Basic(tenant.ClientId, tenant.ClientSecret);
        var endpoint = server.Http.BaseAddress + "/api/";
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", own);

        var read = await http.GetStringAsync(new Uri($"{endpoint}get-application?id=admin/{tenant.Application}"), TestContext.Current.CancellationToken);
        var list = await http.GetStringAsync(new Uri($"{endpoint}get-roles?"), TestContext.Current.CancellationToken);
        using var unknown = await http.GetAsync(new Uri(endpoint + "get-nothing-of-ours"), TestContext.Current.CancellationToken);

        Assert.Equal(tenant.Application, JsonNode.Parse(read)!["data"]!["name"]!.ToString());
        Assert.Equal("ok", JsonNode.Parse(list)!["status"]!.ToString());
        Assert.Equal(404, (int)unknown.StatusCode);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Get_users_sorts_and_limits_as_java_asks_it(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync();
        var application = RowCaller.Of(tenant);
        foreach (var (name, score) in new[] { ("a", 2), ("b", 3), ("c", 1) })
        {
            Assert.Equal("Affected", await application.WriteAsync("/api/add-user", new JsonObject { ["owner"] = tenant.Organization, ["name"] = name, ["score"] = score }));
        }

        async Task<string> NamesAsync(string query) =>
            string.Concat((await application.DataAsync($"/api/get-users?owner={tenant.Organization}&{query}"))!.AsArray().Select(u => u!["name"]!.ToString()));

        Assert.Equal(("ba", "bac", "bac"), (await NamesAsync("sorter=score&limit=2"), await NamesAsync("sorter=score&limit="), await NamesAsync("sorter=score")));
        Assert.Equal("limit must be a number", await application.MessageAsync($"/api/get-users?owner={tenant.Organization}&sorter=score&limit=all"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Asked_for_by_name_a_read_only_property_is_refused_with_its_route(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var world = new EveryKind(await server.NewTenantAsync(), administrator);
        foreach (var (kind, property, route) in new[] { (ObjectKinds.Group, "users", "use update-user with its groups"), (ObjectKinds.Application, "organizationObj", "use update-organization") })
        {
            var id = await world.AddAsync(kind, isFull: false);
            var body = new JsonObject { ["displayName"] = "d", [property] = new JsonObject { ["x"] = "y" } };
            Assert.Equal($"{property} is not changed by update-{kind.Name}: {route}", await administrator.WriteAsync($"/api/update-{kind.Name}?id={id}&columns={property}", body));
            Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-{kind.Name}?id={id}", body));
            Assert.Equal("d", (await administrator.GetAsync($"/api/get-{kind.Name}?id={id}"))["data"]!["displayName"]!.ToString());
        }
    }
}
