using System.Text;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Users;
using Postern.Tests.Fixtures;
using Postern.Tests.OpenApi;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>Every route that takes a user, asked about one of another organization and about one who does not exist: the answers are the same.</summary>
public sealed class SubjectWalkTests
{
    private const string There = "evequx";
    private const string Missing = "nilqux";

    /// <summary>Names under which requests name a user, and what is sent there: of an organization O the user U with the id S, at the application A with the client id C.</summary>
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["id"] = "{O}/{U}", ["userId"] = "{O}/{U}", ["user"] = "{U}", ["username"] = "{U}", ["userName"] = "{U}", ["name"] = "{U}", ["owner"] = "{O}", ["userOwner"] = "{O}", ["organization"] = "{O}",
        ["email"] = "{U}@example.com", ["sessionPkId"] = "{O}/{U}/{A}", ["sessionId"] = "x", ["account"] = "{U}", ["login_hint"] = "{U}", ["application"] = "{A}", ["groupName"] = "staff",
        ["password"] = "wrong-Password-1", ["oldPassword"] = "wrong-Password-1", ["newPassword"] = "other-Password-2", ["type"] = "login", ["client_id"] = "{C}", ["grant_type"] = "password", ["sorter"] = "name",
    };

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_of_another_organization_is_as_one_who_does_not_exist(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var (hold, other) = (await server.NewOrganizationAsync(), await server.NewOrganizationAsync());
        var id = await other.AddUserAsync(There, ("email", There + "@example.com"), ("phone", "13900000001"));
        var boss = await hold.NewAdministratorAsync();
        await hold.AddUserAsync("ann");
        var ann = await hold.CallerAsync("ann");
        var global = await server.GlobalAdministratorAsync();
        var document = await ServedDocument.OfAsync(server);

        var (walked, differences, control) = (0, new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        // A sign-out takes no other user than the caller, and ends what the walk calls with.
        foreach (var (method, path, operation) in document.Operations.Where(o => !o.Path.Contains('{', StringComparison.Ordinal) && !o.Path.Contains("logout", StringComparison.Ordinal)))
        {
            foreach (var (query, body) in Requests(document, operation))
            {
                foreach (var authorization in new[] { null, Api.Basic(hold.ClientId, hold.ClientSecret), boss.Authorization, ann.Authorization })
                {
                    walked++;
                    var (one, two) = (await AskAsync(authorization, There, id), await AskAsync(authorization, Missing, "00000000-0000-7000-8000-000000000000"));
                    if (one != two)
                    {
                        differences.Add($"{method} {path}?{query} {body} as {authorization?[..6]}: {one} and {two}");
                    }
                }

                // A caller that may see all users is told what there is: so the walk does ask about users.
                if (method == "GET" && await AskAsync(global.Authorization, There, id) != await AskAsync(global.Authorization, Missing, "00000000-0000-7000-8000-000000000000"))
                {
                    control.Add(path);
                }

                async Task<string> AskAsync(string? authorization, string name, string sub)
                {
                    HttpContent? content = method == "GET" ? null
                        : body.StartsWith('{') ? new StringContent(Of(body), Encoding.UTF8, "application/json")
                        : new StringContent(Of(body), Encoding.UTF8, "application/x-www-form-urlencoded");
                    var answer = await server.SendAsync(HttpMethod.Parse(method), $"{path}?{Of(query)}", content, authorization);
                    return $"{answer.Status} {answer.Text.Replace(name, "@", StringComparison.Ordinal).Replace(sub, "#", StringComparison.Ordinal)}";

                    string Of(string template) => template.Replace("{O}", other.Organization, StringComparison.Ordinal).Replace("{U}", name, StringComparison.Ordinal).Replace("{S}", sub, StringComparison.Ordinal)
                        .Replace("{A}", other.Application, StringComparison.Ordinal).Replace("{C}", other.ClientId, StringComparison.Ordinal);
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Subset(control, new HashSet<string>(["/api/get-user", "/api/get-user-activity", "/api/get-user-application", "/api/get-email-and-phone"]));
        Assert.InRange(walked, 500, 20_000);
    }

    /// <summary>The query and the body of the requests that an operation is asked with: all names at once, and each that could decide by itself.</summary>
    private static IEnumerable<(string Query, string Body)> Requests(ServedDocument document, JsonNode operation)
    {
        var names = ServedDocument.QueryOf(operation).Where(Values.ContainsKey).ToList();
        var properties = document.BodyOf(operation).Where(Values.ContainsKey).ToList();
        if (names.Count == 0 && properties.Count == 0)
        {
            yield break;
        }

        var body = operation["requestBody"]?["content"]?["application/json"] is not null ? new JsonObject([.. properties.Select(p => KeyValuePair.Create(p, (JsonNode?)Values[p]))]).ToJsonString()
            : string.Join('&', properties.Select(p => $"{p}={Values[p]}"));
        yield return (string.Join('&', names.Select(n => $"{n}={Values[n]}")), body);
        foreach (var name in names.Intersect(["id", "user", "username", "userId", "email", "sessionPkId"]))
        {
            yield return ($"{name}={Values[name]}&owner={{O}}&organization={{O}}", body);
        }

        if (names.Contains("userId"))
        {
            yield return ("owner={O}&userId={S}", body);
            yield return ("userId={S}", body);
        }
    }
}
