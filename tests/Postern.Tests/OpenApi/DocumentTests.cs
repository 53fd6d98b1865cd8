using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Pages;
using Postern.CasdoorApi.OpenApi;
using Postern.Directory.Objects;
using Postern.Server.AdminConsole;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OpenApi;

public sealed class DocumentTests(Servers servers)
{
    private const string Path = "/openapi/v1.json";

    /// <summary>What is for people's browsers and no API: pages, their forms, and what they are drawn with.</summary>
    private static readonly string[] Pages =
    [
        "GET /login", "GET /login/{organization}", "POST /login", "POST /login/password", "POST /login/oauth/consent", "GET /login/logo/{hash}", "GET /login/oauth/device",
        "GET /login/oauth/device/{code}", "POST /login/oauth/device", "GET /account", "GET /account/applications", "POST /account/applications", "GET /bind", "POST /bind", "GET /logout", "GET /signup/{application}", "GET /signup/oauth/authorize",
        "POST /logout", "GET " + Styles.Path, "GET " + Styles.IconPath, "GET /login/theme/{color}.css",
        "GET /", "GET /assets/{file}", .. ConsolePages.Names.Select(name => $"GET /{name}/{{**rest}}"),
    ];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_document_reads_back_without_errors_and_warnings(DatabaseDriver driver)
    {
        var answer = await (await servers.OnAsync(driver)).GetAsync(Path);

        Assert.Equal(200, answer.Status);
        var (document, diagnostic) = OpenApiDocument.Parse(answer.Text, "json");
        Assert.Empty(diagnostic!.Errors.Select(e => e.ToString()));
        Assert.Empty(diagnostic.Warnings.Select(w => w.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.Equal("http://postern.test", Assert.Single(document!.Servers!).Url);
    }

    [Fact]
    public async Task Every_mapped_route_is_described_and_every_described_route_is_mapped()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var mapped = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => OpenApiDocuments.MethodsOf(e).Select(m => $"{m} {OpenApiDocuments.PathOf(e)}")).ToList();

        var described = (await ServedDocument.OfAsync(server)).Operations.Select(o => $"{o.Method} {o.Path}").ToList();

        Assert.Empty(Pages.Except(mapped));
        Assert.Equal(mapped.Except(Pages).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_has_a_summary_a_tag_and_an_id_that_no_other_has()
    {
        var operations = (await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite))).Operations.Select(o => o.Operation).ToList();

        var ids = operations.Select(o => o["operationId"]!.ToString()).ToList();
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
        Assert.Contains("getUser", ids);
        Assert.Contains("getUsers", ids);
        Assert.Contains("getGlobalUsers", ids);
        Assert.Contains("addUser", ids);
        Assert.Contains("isSessionDuplicated", ids);
        Assert.All(ids, id => Assert.Matches("^[a-z][A-Za-z0-9]*$", id));
        Assert.All(operations, o => Assert.NotEmpty(o["summary"]!.ToString()));
        Assert.All(operations, o => Assert.Single(o["tags"]!.AsArray()));
        foreach (var parameters in operations.Select(o => (o["parameters"] as JsonArray ?? []).Select(p => $"{p!["in"]} {p["name"]}").ToList()))
        {
            Assert.Equal(parameters.Distinct(StringComparer.Ordinal), parameters);
        }
    }

    [Fact]
    public async Task Whom_a_route_admits_stands_in_words_and_in_its_security()
    {
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        string Who(string path, string method = "post") => document.Paths[path]![method]!["x-postern-who"]!.ToString();
        string[] Ways(string path, string method) =>
            [.. document.Paths[path]![method]!["security"]!.AsArray().Select(s => string.Join('+', s!.AsObject().Select(p => p.Key)))];

        Assert.Equal("globalAdministrator", Who("/api/add-organization"));
        Assert.Equal("administrator", Who("/api/add-user"));
        Assert.Equal("himself", Who("/api/update-user"));
        Assert.Equal("signedIn", Who("/api/get-organization-names", "get"));
        Assert.Equal("everybody", Who("/api/get-application", "get"));
        Assert.Contains("administrators and applications of the object's organization", document.Paths["/api/add-user"]!["post"]!["description"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["bearer", "dpop", "client", "session"], Ways("/api/add-user", "post"));
        Assert.Equal(["", "bearer", "dpop", "client", "session"], Ways("/api/get-application", "get"));
        Assert.Equal(["", "client"], Ways("/api/login/oauth/access_token", "post"));
        Assert.Empty(Ways("/.well-known/jwks", "get"));
        Assert.Equal(["registration"], Ways("/api/oauth/register/{clientId}", "delete"));
    }

    [Fact]
    public async Task The_token_endpoint_names_what_a_mini_program_sends()
    {
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var operation = document.Paths["/api/login/oauth/access_token"]!["post"]!;

        var fields = operation["requestBody"]!["content"]!["application/x-www-form-urlencoded"]!["schema"]!["properties"]!.AsObject().Select(p => p.Key).ToList();

        Assert.Superset(new HashSet<string> { "tag", "client_id", "code", "username", "avatar", "appid", "provider" }, fields.ToHashSet());
        Assert.Equal(fields.Distinct(), fields);
        Assert.Equal("#/components/schemas/TokenAnswer", operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]!.ToString());
        Assert.Equal("#/components/schemas/OAuthError", operation["responses"]!["default"]!["content"]!["application/json"]!["schema"]!["$ref"]!.ToString());
    }

    public static TheoryData<string> Kinds() => [.. Schemas.Kinds.Select(k => k.Type)];

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_schema_of_a_kind_has_each_of_its_properties_with_its_type(string type)
    {
        var kind = Schemas.Kinds.Single(k => k.Type == type);
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        foreach (var name in new[] { type, type + Operation.Fields })
        {
            var properties = document.Schema(name)["properties"]!.AsObject();

            Assert.Equal(kind.Shape.Names, properties.Select(p => p.Key));
            // What our own decoder takes is what the schema takes, and the other way round.
            foreach (var (property, schema) in properties)
            {
                foreach (var value in Samples())
                {
                    var isTaken = kind.Shape.Refuse(type, property, value) is null;
                    Assert.True(isTaken == (document.Judge(schema!, value).Count == 0), $"{name}.{property} {(isTaken ? "takes" : "does not take")} {value.ToJsonString()}, and the schema is {schema!.ToJsonString()}");
                }

                Assert.Equal(property + kind.NeverStored.Contains(property), property + (schema!["readOnly"]?.GetValue<bool>() ?? false));
            }
        }

        static JsonNode[] Samples() => ["text", true, 7, 7.5, new JsonArray(), new JsonObject()];
    }

    [Fact]
    public async Task What_a_kind_declares_of_a_property_stands_beside_it()
    {
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        string Note(string schema, string property) => document.Schema(schema)["properties"]![property]!["description"]!.ToString();

        Assert.Contains("***", Note("Provider", "clientSecret"), StringComparison.Ordinal);
        Assert.Contains("route of one object", Note("Application", "clientSecret"), StringComparison.Ordinal);
        Assert.Contains("RFC 3339", Note("User", "createdTime"), StringComparison.Ordinal);
        Assert.Equal("admin", document.Schema("Organization")["properties"]!["owner"]!["default"]!.ToString());
        Assert.Contains("update may not", Note("User", "lastSigninTime"), StringComparison.Ordinal);
        Assert.Equal("#/components/schemas/ProviderItem", document.Schema("Application")["properties"]!["providers"]!["items"]!["$ref"]!.ToString());
    }

    [Fact]
    public async Task Every_name_in_the_document_leads_somewhere()
    {
        var document = await ServedDocument.OfAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var unknown = References(document.Root).Distinct().Where(r => r.Split('/')[1..].Aggregate((JsonNode?)document.Root, (node, step) => node?[step]) is null);

        Assert.Empty(unknown);

        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [p.Value!.ToString()] : References(p.Value)),
            JsonArray a => a.SelectMany(References),
            _ => [],
        };
    }

    [Fact]
    public async Task Two_servers_serve_the_same_bytes_and_nothing_of_the_installation_but_its_origin()
    {
        var (first, second) = (await servers.OnAsync(DatabaseDriver.Sqlite), await servers.OnAsync(DatabaseDriver.Postgres));

        var text = (await first.GetAsync(Path)).Text;

        Assert.Equal(text, (await second.GetAsync(Path)).Text);
        Assert.Equal(text, (await first.GetAsync(Path)).Text);
        await using var elsewhere = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { Origin = "https://id.example", OriginFrontend = "https://pages.example" });
        Assert.Equal(text.Replace("http://postern.test", "https://id.example", StringComparison.Ordinal), (await elsewhere.GetAsync(Path)).Text);
    }

    [Fact]
    public async Task Whoever_has_the_document_is_not_sent_it_again_and_any_page_may_read_it()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        using var whole = await server.Http.GetAsync(new Uri(Path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.IfNoneMatch.Add(whole.Headers.ETag!);

        using var again = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var head = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path), TestContext.Current.CancellationToken);
        using var other = await server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { { "If-None-Match", "\"other\"" } } }, TestContext.Current.CancellationToken);

        Assert.Equal("*", Assert.Single(whole.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("public, max-age=300", whole.Headers.CacheControl!.ToString());
        Assert.Equal(304, (int)again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(whole.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(200, (int)other.StatusCode);
    }
}
