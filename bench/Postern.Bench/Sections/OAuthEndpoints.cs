using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Postern.Bench.Load;
using Postern.Bench.Processes;
using Postern.Bench.Reporting;
using Postern.Bench.Storage;

namespace Postern.Bench.Sections;

/// <summary>The provider's endpoints, each by itself, and client_credentials side by side with a peer in the same run.</summary>
public static class OAuthEndpoints
{
    private const double TimesPeer = 3;

    public static async Task MeasureAsync(TestStand stand, Filled few, Report report)
    {
        var engine = few.Database.Engine;
        await using var server = await stand.StartServerAsync(few.Database);
        await using var peer = await PeerProcess.StartAsync();
        foreach (var (algorithm, client, secret) in new[]
        {
            ("RS256", BenchObjects.ClientRs256, BenchObjects.SecretRs256), ("ES256", BenchObjects.ClientEs256, BenchObjects.SecretEs256),
        })
        {
            var ours = await stand.SaturateAsync(server.Port, LoadKind.Same, client, Credentials(BenchObjects.TokenPath, client, secret), [], server.Id);
            report.Add(engine, $"client_credentials, {algorithm} JWT", ours, PerCore(ours));
            if (peer is null)
            {
                continue;
            }

            var theirs = await stand.SaturateAsync(peer.Port, LoadKind.Same, algorithm, Credentials("/token", "bench-" + algorithm, "secret", "&resource=urn:" + algorithm), [], peer.Id);
            report.Add(engine, $"client_credentials, {algorithm} JWT: oidc-provider, in memory, nothing on disk", theirs, PerCore(theirs));
            report.Judge(engine, $"client_credentials, {algorithm}: per core of the server, times the peer", Rate(ours) / Rate(theirs), Times, TimesPeer, atMost: false);
        }

        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}")) };
        var cookies = new List<string>();
        var tokens = new List<JsonElement>();
        for (var i = 0; i < stand.Options.Connections; i++)
        {
            cookies.Add(await SignInAsync(http));
            tokens.Add(JsonDocument.Parse(Json(await server.SignInAsync(BenchObjects.ClientEs256))).RootElement);
        }

        var access = tokens[0].GetProperty("access_token").GetString()!;
        var basic = Basic(BenchObjects.ClientEs256, BenchObjects.SecretEs256);
        foreach (var (what, kind, text, seeds) in new (string, LoadKind, string, IReadOnlyList<string>)[]
        {
            ("code flow end to end (authorize, token), ES256", LoadKind.Code, "", cookies),
            ("refresh, ES256", LoadKind.Refresh, "", [.. tokens.Select(t => t.GetProperty("refresh_token").GetString()!)]),
            ("introspection", LoadKind.Same, Post("/api/login/oauth/introspect", "token=" + access, basic), []),
            ("userinfo", LoadKind.Same, Get("/api/userinfo", $"Authorization: Bearer {access}\r\n"), []),
            ("JWKS", LoadKind.Same, Get("/.well-known/jwks", ""), []),
        })
        {
            var result = await stand.SaturateAsync(server.Port, kind, BenchObjects.ClientEs256, text, seeds, server.Id);
            report.Add(engine, what, result, PerCore(result));
        }
    }

    /// <summary>Answers per second of the server's own CPU time.</summary>
    private static double Rate(LoadResult result) => result.Cpu[0] > 0 ? result.Answers / result.Cpu[0] : 0;

    private static string PerCore(LoadResult result) => string.Create(CultureInfo.InvariantCulture, $"{Rate(result):N0}/s per core of the server");

    private static string Times(double ratio) => ratio.ToString("N1", CultureInfo.InvariantCulture) + "×";

    private static async Task<string> SignInAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync(new Uri("/api/login", UriKind.Relative), new Dictionary<string, string>
        {
            ["type"] = "login",
            ["application"] = BenchObjects.ClientEs256,
            ["organization"] = BenchObjects.Organization,
            ["username"] = BenchObjects.UserName,
            ["password"] = BenchObjects.Password,
        });
        return answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0]
            : throw new InvalidOperationException("The sign-in was refused: " + await answer.Content.ReadAsStringAsync());
    }

    private static string Credentials(string path, string client, string secret, string more = "") =>
        Post(path, "grant_type=client_credentials" + more, Basic(client, secret));

    private static string Basic(string client, string secret) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client}:{secret}"))}\r\n";

    private static string Post(string path, string body, string headers) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static string Get(string path, string headers) => $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n";

    private static byte[] Json(byte[] body) => body[Array.IndexOf(body, (byte)'{')..(Array.LastIndexOf(body, (byte)'}') + 1)];
}
