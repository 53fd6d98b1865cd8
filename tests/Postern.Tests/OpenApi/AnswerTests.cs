using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Objects;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OpenApi;

/// <summary>What Postern answers, and what a running Casdoor was recorded to answer, held against the document.</summary>
public sealed class AnswerTests(Servers servers)
{
    public static TheoryData<string> Recorded() =>
        [.. System.IO.Directory.GetFiles(Golden.Path("objects"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<DatabaseDriver, string> Kinds() => Databases.BothFor(Schemas.Kinds.Select(k => k.Name));

    [Theory, MemberData(nameof(Recorded))]
    public async Task The_types_of_a_recorded_object_are_those_of_its_schema(string name)
    {
        var kind = Schemas.Kinds.Single(k => k.Name == name);
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path($"objects/{name}.json"), TestContext.Current.CancellationToken))!;

        Assert.Empty(document.Judge(document.Schema(kind.Type + Operation.Fields), golden["add"]!["body"], isWhole: false));
        if (golden["get"]?["body"]?["data"] is JsonObject recorded)
        {
            Assert.Empty(document.Judge(document.Schema(kind.Type), recorded, isWhole: false));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_answers_about_a_kind_are_what_the_document_promises(DatabaseDriver driver, string name)
    {
        var server = await servers.OnAsync(driver);
        var world = await ObjectWorld.CreateAsync(server);
        using var administrator = await Administrator.OfAsync(server);
        var document = await ServedDocument.OfAsync(server);
        var kind = Schemas.Kinds.Single(k => k.Name == name);
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path($"objects/{name}.json"), TestContext.Current.CancellationToken))!;
        var body = JsonNode.Parse(golden["add"]!["body"]!.ToJsonString().Replace("\"hold\"", $"\"{world.Organization}\"", StringComparison.Ordinal))!.AsObject();
        body["owner"] = kind.FixedOwner ?? world.Organization;
        body[kind.NameProperty] = world.Name("probe");
        foreach (var unique in new[] { "clientId", "accessKey", "code", "id" }.Where(p => kind.Shape.Has(p)))
        {
            body[unique] = world.Name("probe");
        }

        var added = (await administrator.PostAsync($"/api/add-{name}", body.ToJsonString())).Body;
        Assert.Equal("ok", added["status"]!.ToString());
        var key = kind.IsNamedByServer ? added["data"]!.ToString() : world.Name("probe");
        var id = kind == SessionKind.Kind ? $"{body["owner"]}/{key}/{body["application"]}" : $"{body["owner"]}/{key}";
        body[kind.NameProperty] = key;
        Meets("POST", $"/api/add-{name}", added);
        var got = (await administrator.AnswerAsync($"/api/get-{name}?id={id}")).Body;
        Assert.IsType<JsonObject>(got["data"]);
        Meets("GET", $"/api/get-{name}", got);
        var list = (await administrator.AnswerAsync($"/api/get-{kind.Plural}?owner={body["owner"]}&organization={(kind == ObjectKinds.Organization ? "" : world.Organization)}&pageSize=10&p=1")).Body;
        Assert.NotEmpty(list["data"]!.AsArray());
        Meets("GET", $"/api/get-{kind.Plural}", list);
        Meets("GET", $"/api/get-{name}", (await administrator.AnswerAsync($"/api/get-{name}?id={body["owner"]}/none{(kind == SessionKind.Kind ? "/none" : "")}")).Body);
        Meets("GET", $"/api/get-{name}", (await administrator.AnswerAsync($"/api/get-{name}")).Body);
        Meets("POST", $"/api/update-{name}", (await administrator.PostAsync($"/api/update-{name}", body.ToJsonString())).Body);
        Meets("POST", $"/api/delete-{name}", (await administrator.PostAsync($"/api/delete-{name}", body.ToJsonString())).Body);

        void Meets(string method, string path, JsonNode answer) => Assert.Empty(document.Judge(document.AnswerOf(method, path), answer, $"{method} {path}"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_answers_of_other_routes_are_what_the_document_promises(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        using var administrator = await Administrator.OfAsync(server);
        var document = await ServedDocument.OfAsync(server);
        var isGood = new Dictionary<string, string>
        {
            ["/api/get-application"] = "?id=admin/app-built-in", ["/api/get-organization-names"] = "", ["/api/get-organization-applications"] = "?organization=built-in",
            ["/api/get-default-application"] = "?id=admin/built-in", ["/api/get-user-application"] = "?id=built-in/admin", ["/api/get-version-info"] = "",
            ["/api/get-system-info"] = "", ["/api/get-account"] = "?userId=built-in/admin", ["/api/get-user"] = "?id=built-in/admin", ["/api/get-global-users"] = "?pageSize=2&p=1",
            ["/api/get-records"] = "?pageSize=2&p=1", ["/api/user"] = "?userId=built-in/admin", ["/api/userinfo"] = "?userId=built-in/admin", ["/api/get-all-roles"] = "?userId=built-in/admin",
            ["/api/get-permissions-by-role"] = "?id=built-in/none", ["/api/get-user-orders"] = "?owner=built-in&user=admin", ["/api/health"] = "", ["/api/health/live"] = "",
            ["/.well-known/openid-configuration"] = "", ["/.well-known/jwks"] = "", ["/.well-known/oauth-protected-resource"] = "", ["/openapi/v1.json"] = "",
        };
        foreach (var (path, query) in isGood)
        {
            var (status, answer) = await administrator.AnswerAsync(path + query);

            Assert.Equal((path, 200, "ok"), (path, (int)status, answer["status"]?.ToString() ?? "ok"));
            Assert.Empty(document.Judge(document.AnswerOf("GET", path), answer, path));
        }

        // As everybody is shown it, and as nobody is.
        foreach (var path in new[] { "/api/get-application?id=admin/app-built-in", "/api/get-account", "/api/get-users?owner=built-in", "/api/get-app-login?type=code&clientId=none", "/api/enforce", "/api/get-captcha-status", "/api/get-invitation-info" })
        {
            var plain = path.Split('?')[0];
            var answer = JsonNode.Parse(path == "/api/enforce" ? (await server.PostJsonAsync(path, "[]")).Text : (await server.GetAsync(path)).Text)!;
            Assert.Empty(document.Judge(document.AnswerOf(path == "/api/enforce" ? "POST" : "GET", plain), answer, path));
        }
    }

    [Fact]
    public async Task The_document_says_every_content_type_that_is_sent()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        using var administrator = await Administrator.OfAsync(server);
        var document = await ServedDocument.OfAsync(server);
        var missing = new List<string>();
        foreach (var (method, path, _) in document.Operations)
        {
            var address = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]+\}", "app-built-in");
            foreach (var query in new[] { "", "?id=built-in/admin&format=csv&resource=acct:admin@postern.test", "?client_id=none&resource=here&format=none" })
            {
                foreach (var (type, body) in method == "GET" ? [("", "")] : new[] { ("application/json", "{}"), ("application/x-www-form-urlencoded", "grant_type=password&client_id=none"), ("multipart/form-data; boundary=x", "--x") })
                {
                    await SendAsync(administrator.Http, method, path, address + query, type, body);
                    await SendAsync(server.Http, method, path, address + query, type, body);
                }
            }
        }

        Assert.Equal([], missing.Distinct());

        async Task SendAsync(HttpClient http, string method, string path, string address, string type, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(address, UriKind.Relative));
            if (type.Length > 0)
            {
                request.Content = new StringContent(body);
                request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            }

            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            if (!document.Says(method, path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType))
            {
                missing.Add($"{method} {path}: {(int)response.StatusCode} {response.Content.Headers.ContentType}");
            }
        }
    }

    [Fact]
    public async Task An_answer_of_another_shape_is_told_apart()
    {
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var schema = document.AnswerOf("GET", "/api/get-role");
        JsonObject Answer(string status, JsonNode? data) => new() { ["status"] = status, ["msg"] = "", ["data"] = data, ["data2"] = null };
        JsonObject Role() => new(document.Schema("Role")["properties"]!.AsObject().Select(p => KeyValuePair.Create(p.Key, p.Key == "isEnabled" ? JsonValue.Create(true) : p.Value!["type"]!.ToString() == "string" ? (JsonNode?)"" : null)));

        Assert.Empty(document.Judge(schema, Answer("ok", Role())));
        Assert.NotEmpty(document.Judge(schema, Answer("fine", Role())));
        Assert.NotEmpty(document.Judge(schema, Answer("ok", "Affected")));
        var (without, mistyped) = (Role(), Role());
        without.Remove("users");
        mistyped["users"] = new JsonArray(1);
        Assert.NotEmpty(document.Judge(schema, Answer("ok", without)));
        Assert.NotEmpty(document.Judge(schema, Answer("ok", mistyped)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_answers_of_the_protocol_are_what_the_document_promises(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var document = await ServedDocument.OfAsync(server);

        var tokens = await tenant.SignInAsync(tenant.Code("mei"));
        var introspected = await server.PostFormAsync("/api/login/oauth/introspect", [("token", tokens["access_token"]!)], Api.Basic(tenant.ClientId, tenant.ClientSecret));
        var refused = await tenant.TokenAsync(("grant_type", "none"));
        var told = await server.GetAsync("/api/userinfo", "Bearer " + tokens["access_token"]);

        Assert.Equal((200, 200, 200), (tokens.Status, introspected.Status, told.Status));
        Meets("POST", "/api/login/oauth/access_token", "200", tokens.Text);
        Meets("POST", "/api/login/oauth/introspect", "200", introspected.Text);
        Meets("POST", "/api/login/oauth/access_token", "default", refused.Text);
        Meets("GET", "/api/userinfo", "200", told.Text);
        Meets("GET", "/api/userinfo", "401", (await server.GetAsync("/api/userinfo", "Bearer no")).Text);

        void Meets(string method, string path, string status, string text) => Assert.Empty(document.Judge(
            document.Paths[path]![method.ToLowerInvariant()]!["responses"]![status]!["content"]!["application/json"]!["schema"]!, JsonNode.Parse(text), path));
    }
}
