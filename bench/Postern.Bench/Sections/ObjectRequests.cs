using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Postern.Bench.Processes;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>The requests of the object API that are measured, sent by an application of the organization as an SDK sends them.</summary>
public static class ObjectRequests
{
    private const string Model = """[request_definition]\nr = sub, obj, act\n\n[policy_definition]\np = sub, obj, act\n\n[policy_effect]\ne = some(where (p.eft == allow))\n\n[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act""";

    private static readonly string Credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{BenchObjects.ClientEs256}:{BenchObjects.SecretEs256}"));

    public static readonly string GetUser = Get($"/api/get-user?id={BenchObjects.Organization}/wechat-o{{user}}");
    public static readonly string FirstPage = Get(Page("p=1"));
    public static readonly string PageThousand = Get(Page("p=1000"));
    public static readonly string NameBeginning = Get(Page("p=1&field=name&value=wechat-o{user}&match=prefix"));
    public static readonly string NameInside = Get(Page("p=1&field=name&value=o{user}"));

    /// <summary>What it is called, the request, and whether it must cost the same at any number of users.</summary>
    public static readonly IReadOnlyList<(string What, string Text, bool IsJudged)> All =
    [
        ("get-user", GetUser, true),
        ("get-users, page 1 of 20", FirstPage, true),
        // With 1,000 users it is the last page, which is counted from the other end.
        ("get-users, page 1,000 of 20", PageThousand, false),
        ("get-users sorted by name", Get(Page("p=1&sortField=name&sortOrder=ascend")), true),
        ("get-users, a name by its beginning", NameBeginning, true),
        ("get-users, a name by what is inside", NameInside, false),
        ("add-user", Post("/api/add-user", $$"""{"owner":"{{BenchObjects.Organization}}","name":"added-{number}","displayName":"Added","tag":"bench"}"""), true),
        ("update-user", Post($"/api/update-user?id={BenchObjects.Organization}/wechat-o{{user}}&columns=display_name", $$"""{"owner":"{{BenchObjects.Organization}}","name":"wechat-o{user}","displayName":"Changed {number}"}"""), true),
        ("enforce", Post($"/api/enforce?permissionId={BenchObjects.Organization}/reads", $$"""["{{BenchObjects.Organization}}/wechat-o{user}","book","read"]"""), true),
    ];

    public static string Get(string path, string? authorization = null) =>
        $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization ?? "Authorization: Basic " + Credentials}\r\n\r\n";

    /// <summary>What enforce judges by.</summary>
    public static async Task SetUpAsync(PosternProcess server)
    {
        using var http = Client(server);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Credentials);
        foreach (var (path, body) in new[]
        {
            ("/api/add-model", $$"""{"owner":"{{BenchObjects.Organization}}","name":"plain","modelText":"{{Model}}"}"""),
            ("/api/add-permission", $$"""
                {"owner":"{{BenchObjects.Organization}}","name":"reads","model":"{{BenchObjects.Organization}}/plain","users":["{{BenchObjects.Organization}}/wechat-o1"],
                 "resourceType":"Custom","resources":["book"],"actions":["read"],"effect":"Allow","isEnabled":true,"state":"Approved"}
                """),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            var text = await answer.Content.ReadAsStringAsync();
            if (!text.Contains("\"ok\"", StringComparison.Ordinal) && !text.Contains("already exists", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{path}: {text}");
            }
        }
    }

    /// <summary>An access token of the user with a password.</summary>
    public static async Task<string> UserTokenAsync(PosternProcess server)
    {
        var body = Encoding.UTF8.GetString(await server.SignInAsync(BenchObjects.ClientEs256));
        return JsonDocument.Parse(body[body.IndexOf('{', StringComparison.Ordinal)..(body.LastIndexOf('}') + 1)]).RootElement.GetProperty("access_token").GetString()!;
    }

    private static HttpClient Client(PosternProcess server) => new() { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}")) };

    private static string Page(string rest) => $"/api/get-users?owner={BenchObjects.Organization}&pageSize=20&{rest}";

    private static string Post(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {Credentials}\r\nContent-Type: application/json\r\n\r\n{body}";
}
