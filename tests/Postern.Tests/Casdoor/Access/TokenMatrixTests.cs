using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Postern.CasdoorApi.Calls;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc9449;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>Every route that the server has, asked with tokens of an administrator that were issued for something else.</summary>
public sealed class TokenMatrixTests
{
    private const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    private static readonly string[] Sentences =
    [
        Callers.TokenUnknown.English, Callers.TokenOfAnotherApi.English, "DPoP proof header required", "The access token opens userinfo alone", "The access token may only read", "Token not found, invalid accessToken", "An access token in the address is accepted for reads only",
    ];

    /// <summary>Whose answers are never the same twice, or tell of the server alone.</summary>
    private static readonly string[] Unstable = ["/api/get-captcha-status", "/api/health", "/"];

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_route_opens_to_a_token_that_was_issued_for_something_else(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        await tenant.AddUserAsync("alice");
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        var whole = await SignInAsync(tenant);
        var tokens = await TokensAsync(tenant, whole, key);
        var calls = CallsOf(server, tenant.Organization);
        // Once for what is made at the first call, and once to compare with.
        var anonymous = new Dictionary<Call, Answer>();
        foreach (var call in calls.Concat(calls))
        {
            anonymous[call] = await SendAsync(server, call, null);
        }

        var before = await EffectsAsync(server);
        var wrong = new List<string>();
        // One database sees every kind of token, the other one of each verdict.
        foreach (var (name, token, opensReads) in tokens.Where(t => driver == DatabaseDriver.Sqlite || t.Name is "of another API" or "exchanged" or "for reading"))
        {
            foreach (var call in calls.Where(c => c.Path != "/api/userinfo" && !(opensReads && c.IsRead)))
            {
                var header = await SendAsync(server, call, token);
                if (!IsRefused(header) && !IsSame(call, header, anonymous[call]))
                {
                    wrong.Add($"{name}: {call.Method} {call.Path}: {Shown(header)}");
                }

                if (name is not ("of another API" or "exchanged" or "for reading" or "bound to a key"))
                {
                    continue;
                }

                // A route that takes a token from elsewhere takes no other tokens.
                foreach (var parameters in new[] { $"access_token={token}&accessToken={token}", $"token={token}&id_token_hint={token}" })
                {
                    var inQuery = await SendAsync(server, call with { Query = $"{call.Query}&{parameters}" }, null);
                    if (!IsRefused(inQuery) && !IsSame(call, inQuery, anonymous[call]))
                    {
                        wrong.Add($"{name} as {parameters.Split('=')[0]}: {call.Method} {call.Path}: {Shown(inQuery)}");
                    }
                }
            }

            foreach (var call in calls.Where(c => opensReads && c.IsRead))
            {
                await SendAsync(server, call, token);
            }

            if (await EffectsAsync(server) is var after && after != before)
            {
                wrong.Add($"{name} changed:\n{string.Join('\n', after.Split('\n').Except(before.Split('\n')).Concat(before.Split('\n').Except(after.Split('\n'))))}");
                before = after;
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // The same calls with the token that they were made of: they are not refused for another reason.
        var opened = 0;
        foreach (var call in calls.OrderBy(c => c.Path.Contains("logout", StringComparison.Ordinal)))
        {
            opened += (await SendAsync(server, call, whole["access_token"]))["status"] == "ok" ? 1 : 0;
        }

        Assert.True(opened > 60, $"{opened} of {calls.Count} calls are good ones");
        Assert.NotEqual(before, await EffectsAsync(server));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Userinfo_opens_to_every_token_that_is_for_us(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        using var key = ClientKey.NewEc();
        var tenant = await TenantAsync(server);
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        var tokens = (await TokensAsync(tenant, await SignInAsync(tenant), key)).ToDictionary(t => t.Name, t => t.Token);

        foreach (var name in new[] { "exchanged", "exchanged for reading", "refreshed for less", "for reading" })
        {
            Assert.Equal((name, 200), (name, (await server.GetAsync("/api/userinfo", "Bearer " + tokens[name])).Status));
        }

        foreach (var name in new[] { "of another API", "of another API and refreshed", "id_token", "refresh token" })
        {
            var answer = await server.GetAsync("/api/userinfo", "Bearer " + tokens[name]);
            Assert.Equal((name, 401), (name, answer.Status));
            // A token that is bound is told the scheme that it needs (RFC 9449 §7.1).
            Assert.StartsWith(name == "bound to a key" ? "DPoP error=\"invalid_token\", algs=" : "Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        var bound = await server.GetAsync("/api/userinfo", "Bearer " + tokens["bound to a key"]);
        Assert.Equal(401, bound.Status);
        Assert.StartsWith("DPoP error=\"invalid_token\", algs=", bound.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(401, (await server.PostFormAsync("/api/userinfo", [("access_token", tokens["of another API"])])).Status);
    }

    /// <summary>Tokens of boss, who administers the organization, and whether they may read.</summary>
    private static async Task<IReadOnlyList<(string Name, string Token, bool OpensReads)>> TokensAsync(Tenant tenant, Answer whole, ClientKey key)
    {
        var foreign = await SignInAsync(tenant, ("resource", "https://rs.example"));
        return
        [
            ("of another API", foreign["access_token"]!, false),
            ("of another API and refreshed", (await RefreshAsync(tenant, foreign))["access_token"]!, false),
            ("of another API and exchanged", (await ExchangeAsync(tenant, foreign["access_token"]!))["access_token"]!, false),
            ("exchanged", (await ExchangeAsync(tenant, whole["access_token"]!, ("scope", "openid")))["access_token"]!, false),
            ("exchanged as it is", (await ExchangeAsync(tenant, whole["access_token"]!))["access_token"]!, false),
            ("exchanged for another API", (await ExchangeAsync(tenant, whole["access_token"]!, ("resource", "https://rs.example"), ("scope", "api")))["access_token"]!, false),
            ("exchanged for reading", (await ExchangeAsync(tenant, whole["access_token"]!, ("scope", "openid api:read")))["access_token"]!, true),
            ("refreshed for less", (await RefreshAsync(tenant, await SignInAsync(tenant), ("scope", "openid")))["access_token"]!, false),
            ("for reading", (await SignInAsync(tenant, ("scope", "openid api:read")))["access_token"]!, true),
            ("id_token", whole["id_token"]!, false),
            ("refresh token", whole["refresh_token"]!, false),
            ("bound to a key", (await Proof.TokenAsync(tenant, Proof.Of(tenant.Server, key), [.. Credentials(tenant), .. OfBoss]))["access_token"]!, false),
        ];
    }

    private static readonly (string, string)[] OfBoss = [("grant_type", "password"), ("username", "boss"), ("password", PasswordUsers.Password), ("scope", "openid profile")];

    private static Task<Tenant> TenantAsync(TestServer server) => server.NewWebTenantAsync($"password {Exchange}");

    private static (string, string)[] Credentials(Tenant tenant) => [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret)];

    private static async Task<Answer> SignInAsync(Tenant tenant, params (string Name, string Value)[] more) =>
        Good(await tenant.TokenAsync([.. Credentials(tenant), .. OfBoss.Where(p => more.All(m => m.Name != p.Item1)), .. more]));

    private static async Task<Answer> RefreshAsync(Tenant tenant, Answer tokens, params (string, string)[] more) =>
        Good(await tenant.RefreshAsync(tokens["refresh_token"]!, [("client_secret", tenant.ClientSecret), .. more]));

    private static async Task<Answer> ExchangeAsync(Tenant tenant, string subject, params (string, string)[] more) =>
        Good(await tenant.TokenAsync([("grant_type", Exchange), ("subject_token", subject), .. Credentials(tenant), .. more]));

    private static Answer Good(Answer answer) => answer.Status == 200 ? answer : throw new InvalidOperationException(answer.Text);

    private static List<Call> CallsOf(TestServer server, string organization)
    {
        var body = new JsonObject
        {
            ["owner"] = organization, ["organization"] = organization, ["name"] = "alice", ["id"] = "x", ["displayName"] = "taken over", ["isAdmin"] = true, ["password"] = "Taken-over-1",
            ["redirect_uris"] = new JsonArray("https://client.example/callback"), ["action"] = "probe",
        }.ToJsonString();
        var query = $"id={organization}/alice&owner={organization}&organization={organization}&userId={organization}/alice&user=alice&userOwner={organization}&userName=alice"
            + "&newPassword=Taken-over-1&groupName=g&sorter=name&limit=1&pageSize=2&p=1";
        return
        [
            .. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Select(m => (Method: m, Path: Filled("/" + e.RoutePattern.RawText!.TrimStart('/')))))
                .Where(c => c.Method is not ("OPTIONS" or "HEAD")).Distinct()
                .Select(c => new Call(c.Method, c.Path, query, c.Method == "GET" ? null : body)),
        ];

        static string Filled(string pattern) => string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? "some" : part));
    }

    private static async Task<Answer> SendAsync(TestServer server, Call call, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri($"{call.Path}?{call.Query}", UriKind.Relative));
        request.Content = call.Body is null ? null : new StringContent(call.Body, Encoding.UTF8, "application/json");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        using var response = await server.Http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static bool IsRefused(Answer answer) =>
        answer.Status is 401 or 403 || (answer["status"] == "error" && Sentences.Any(s => answer["msg"]!.StartsWith(s, StringComparison.Ordinal)));

    /// <summary>As if no token had been sent.</summary>
    private static bool IsSame(Call call, Answer one, Answer other) =>
        one.Status == other.Status && (one.Text == other.Text || !one.Text.StartsWith('{') || Unstable.Any(u => call.Path.StartsWith(u, StringComparison.Ordinal) && u != "/"));

    private static string Shown(Answer answer) => $"{answer.Status} {answer.Text[..Math.Min(answer.Text.Length, 200)]}";

    /// <summary>Everything that is stored but the records of what was refused, and the numbers about it.</summary>
    private static async Task<string> EffectsAsync(TestServer server)
    {
        return string.Join('\n', (await server.DumpAsync()).Split('\n')
            .Where(line => line.Split(' ')[0] is not ("records" or "statistics" or "refusal_counts" or "sqlite_sequence")).Order(StringComparer.Ordinal));
    }

    private sealed record Call(string Method, string Path, string Query, string? Body)
    {
        public bool IsRead => Method == "GET";
    }
}
