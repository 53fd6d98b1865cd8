using System.Text;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.OpenApi;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>Every declared parameter of every route, longer than it may be: refused, and nothing of it kept.</summary>
public sealed class LongInputTests
{
    private static readonly string Marker = new('z', 256);

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_route_takes_or_keeps_a_parameter_longer_than_its_declaration(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync();
        var document = await ServedDocument.OfAsync(server);
        var before = (await server.DumpAsync()).Length;
        var tried = 0;

        foreach (var caller in new[] { null, Api.Basic(tenant.ClientId, tenant.ClientSecret) })
        {
            foreach (var (method, path, operation) in document.Operations)
            {
                foreach (var (address, content, what) in Requests(document, path, operation))
                {
                    using (content)
                    {
                        var answer = await server.SendAsync(new HttpMethod(method), address, content, caller);
                        Assert.True(answer.Status >= 400 || answer["status"] == "error", $"{method} {path} took {what}: {answer.Status} {answer.Text[..Math.Min(200, answer.Text.Length)]}");
                        Assert.NotEqual(500, answer.Status);
                        tried++;
                    }
                }
            }
        }

        var dump = await server.DumpAsync();
        Assert.InRange(tried, 1_000, int.MaxValue);
        Assert.DoesNotContain(Marker, dump, StringComparison.Ordinal);
        Assert.InRange(dump.Length - before, 0, 200_000);
        Assert.DoesNotContain(server.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/login")]
    [InlineData("/api/logout")]
    [InlineData("/api/login/oauth/access_token")]
    [InlineData("/api/login/oauth/par")]
    [InlineData("/api/login/oauth/introspect")]
    [InlineData("/api/login/oauth/revoke")]
    [InlineData("/api/device-auth")]
    [InlineData("/api/oauth/register")]
    [InlineData("/api/userinfo")]
    [InlineData("/api/set-password")]
    [InlineData("/login")]
    [InlineData("/login/oauth/authorize")]
    public async Task A_body_of_almost_four_megabytes_is_refused_where_anybody_may_call(string path)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var before = (await server.DumpAsync()).Length;
        var text = new string('z', 3_900_000);

        foreach (var content in new HttpContent[]
        {
            new StringContent($$"""{"type":"login","application":"app-built-in","organization":"built-in","username":"{{text}}","password":"x"}""", Encoding.UTF8, "application/json"),
            new FormUrlEncodedContent([new("client_id", text)]), new StringContent("client_id=" + text, Encoding.UTF8, "application/x-www-form-urlencoded"),
            new MultipartFormDataContent { { new StringContent(text), "client_id" } }, new MultipartFormDataContent { { new StringContent("x"), text } },
        })
        {
            using (content)
            {
                var answer = await server.SendAsync(HttpMethod.Post, path, content);
                Assert.True(answer.Status >= 400 || answer["status"] == "error" || answer["data"] is null or "", $"{answer.Status} {answer.Text}");
                Assert.NotEqual(500, answer.Status);
            }
        }

        var dump = await server.DumpAsync();
        Assert.DoesNotContain(Marker, dump, StringComparison.Ordinal);
        Assert.InRange(dump.Length - before, 0, 10_000);
    }

    [Fact]
    public async Task Headers_that_are_too_long_are_refused_and_a_token_of_200_roles_is_not()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite);
        var token = "Bearer " + string.Join('.', new string('a', 1_000), new string('b', 200_000), new string('c', 340));

        Assert.Equal(431, (await server.GetAsync("/api/get-account", null, ("Cookie", new string('z', 20_000)))).Status);
        Assert.Equal(431, (await server.GetAsync("/api/get-account", null, ("User-Agent", new string('z', 20_000)))).Status);
        Assert.Equal(431, (await server.GetAsync("/api/get-account", "Basic " + new string('z', 20_000))).Status);
        Assert.Contains("Access token doesn't exist", (await server.GetAsync("/api/get-account", token)).Text, StringComparison.Ordinal);
        var introspected = await server.PostFormAsync("/api/login/oauth/introspect", [("token", token["Bearer ".Length..])], Api.Basic("nobody", "x"));
        Assert.Equal((401, "invalid_client"), (introspected.Status, introspected["error"]));
    }

    [Fact]
    public void The_longest_name_is_counted_in_bytes()
    {
        Assert.Null(InputLimits.Refuse("username", new string('x', 255)));
        Assert.NotNull(InputLimits.Refuse("username", new string('x', 256)));
        Assert.Null(InputLimits.Refuse("username", new string('\u5f20', 85)));
        Assert.NotNull(InputLimits.Refuse("username", new string('\u5f20', 86)));
        Assert.Null(InputLimits.Refuse("state", new string('s', 8 * 1024)));
        Assert.NotNull(InputLimits.Refuse(new string('n', 256), ""));
    }

    private static IEnumerable<(string Address, HttpContent? Content, string What)> Requests(ServedDocument document, string path, JsonNode operation)
    {
        var parameters = (operation["parameters"] as JsonArray ?? []).Select(p => p!).ToList();
        var address = parameters.Where(p => p["in"]!.ToString() == "path").Aggregate(path, (a, p) => a.Replace($"{{{p["name"]}}}", "x", StringComparison.Ordinal));
        foreach (var query in parameters.Where(p => p["in"]!.ToString() == "query"))
        {
            var longest = query["schema"]!["maxLength"]?.GetValue<int>() ?? InputLimits.Of(query["name"]!.ToString());
            if (longest < 30_000)
            {
                yield return ($"{address}?{query["name"]}={new string('z', longest + 1)}", null, $"the query {query["name"]}");
            }
        }

        foreach (var (type, body) in operation["requestBody"]?["content"]?.AsObject() ?? [])
        {
            var schema = Resolve(document, body!["schema"]!);
            var isKind = body["schema"]!["$ref"]?.ToString().EndsWith("Fields", StringComparison.Ordinal) == true;
            foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
            {
                // How long the properties of kinds may be is the kinds' declaration; here the body as a whole is too large for anybody.
                if (isKind || property!["type"]?.ToString() != "string" || property["format"] is not null)
                {
                    continue;
                }

                var longest = new string('z', (type == "application/json" ? InputLimits.OfJson(name) : InputLimits.Of(name)) + 1);
                yield return type switch
                {
                    "application/json" => (address, new StringContent(new JsonObject { [name] = longest }.ToJsonString(), Encoding.UTF8, type), $"the property {name}"),
                    "multipart/form-data" => (address, new MultipartFormDataContent { { new StringContent(longest), name } }, $"the part {name}"),
                    _ => (address, new FormUrlEncodedContent([KeyValuePair.Create(name, longest)]), $"the field {name}"),
                };
            }
        }
    }

    private static JsonNode Resolve(ServedDocument document, JsonNode schema) =>
        schema["$ref"] is { } reference ? document.Schema(reference.ToString().Split('/')[^1]) : schema;
}
