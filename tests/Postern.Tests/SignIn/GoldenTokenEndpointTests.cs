using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>The recorded requests to the token endpoint whose grants we have, asked of us in their order.</summary>
public sealed partial class GoldenTokenEndpointTests(Servers servers)
{
    /// <summary>What we answer otherwise, on purpose; the recording stands where a case is not named here.</summary>
    private static readonly Dictionary<string, (int Status, string Error)> Otherwise = new()
    {
        // A secret that is sent must be right (docs/design/tokens-and-refresh.md).
        ["mini program, wrong secret sent"] = (401, "invalid_client"),
        // A body that cannot be read names no client, right or wrong (RFC 6749 §5.2).
        ["not JSON"] = (400, "invalid_request"),
        // The answer may have been lost: right after its use a refresh token is good once more (docs/design/tokens-and-refresh.md).
        ["refresh_token, used"] = (200, ""),
    };

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Recorded_token_requests_have_the_recorded_status_and_error(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var hold = await server.NewTenantAsync();
        var closed = await server.NewTenantAsync($"enable_sign_up = false, organization = '{hold.Organization}'", hold.MiniProgram);
        var bare = await server.NewTenantAsync($"providers = '[]', organization = '{hold.Organization}'", hold.MiniProgram);
        var other = await server.NewTenantAsync();
        var golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path("token-endpoint.json"), TestContext.Current.CancellationToken))!.AsArray();
        var refreshToken = "";
        var (expected, actual) = (new List<string>(), new List<string>());
        foreach (var entry in golden)
        {
            var (name, request) = (entry!["case"]!.GetValue<string>(), entry["request"]!);
            if (!(name.StartsWith("mini program", StringComparison.Ordinal) || name.StartsWith("refresh_token", StringComparison.Ordinal)
                || name is "empty body" or "not JSON" or "no grant_type" or "unknown grant_type"))
            {
                continue;
            }

            var answer = await AskAsync(request["path"]!.GetValue<string>(), Body(name, request["body"]!));
            if (answer.Status == 200 && !name.Contains("closed", StringComparison.Ordinal))
            {
                refreshToken = answer["refresh_token"]!;
            }

            var recorded = entry["response"]!;
            var (status, error) = Otherwise.GetValueOrDefault(name, (recorded["status"]!.GetValue<int>(), recorded["body"]?["error"]?.GetValue<string>() ?? ""));
            expected.Add($"{name}: {status} {error}");
            actual.Add($"{name}: {answer.Status} {answer["error"]}");
        }

        Assert.Equal(expected, actual);

        (string Text, string Type) Body(string name, JsonNode recorded)
        {
            const string Form = "application/x-www-form-urlencoded";
            if (name.StartsWith("refresh_token", StringComparison.Ordinal))
            {
                var used = name switch { "refresh_token, used" => usedToken, "refresh_token, invented" => "invented", _ => refreshToken };
                usedToken = name == "refresh_token" ? refreshToken : usedToken;
                var client = name.Contains("another client", StringComparison.Ordinal) ? other : hold;
                return ($"grant_type=refresh_token&client_id={client.ClientId}&client_secret={client.ClientSecret}&refresh_token={used}", Form);
            }

            var (text, type) = recorded is JsonObject ? (recorded.ToJsonString(), "application/json") : (recorded.GetValue<string>(), Form);
            text = text
                .Replace("id-app-hold", hold.ClientId, StringComparison.Ordinal).Replace("secret-app-hold", hold.ClientSecret, StringComparison.Ordinal)
                .Replace("id-app-closed", closed.ClientId, StringComparison.Ordinal).Replace("id-app-bare", bare.ClientId, StringComparison.Ordinal);
            return (RecordedCode().Replace(text, match => hold.Code(match.Groups[1].Value)), type);
        }

        async Task<Answer> AskAsync(string path, (string Text, string Type) body)
        {
            using var content = new StringContent(body.Text, Encoding.UTF8, body.Type);
            using var response = await server.Http.PostAsync(new Uri(path, UriKind.Relative), content);
            return await Answer.OfAsync(response);
        }
    }

    private string usedToken = "";

    /// <summary><c>u-PERSON-COUNT</c> of the recording's stand-in for WeChat.</summary>
    [GeneratedRegex("u-(p[0-9]+)-[0-9]+")]
    private static partial Regex RecordedCode();
}
