using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Postern.Tests.Fixtures;
using Postern.Tests.OpenApi;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>What anybody can make the program hold in memory and on disk.</summary>
public sealed class FloodTests : IDisposable
{
    private const long MostResident = 200L * 1024 * 1024;
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("postern-flood-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_anonymous_flood_holds_the_resident_memory_below_200_MB()
    {
        var initData = Path.Combine(folder, "init_data.json");
        await File.WriteAllTextAsync(
            initData,
            """
            {
              "organizations": [{"owner": "admin", "name": "shop", "dcrPolicy": "open"}],
              "applications": [{"owner": "admin", "name": "shop-app", "organization": "shop", "clientId": "shop-client", "clientSecret": "a-secret-of-the-shop", "enablePassword": true,
                "redirectUris": ["https://app.example/cb"], "grantTypes": ["authorization_code", "password", "urn:ietf:params:oauth:grant-type:device_code"]}]
            }
            """,
            Cancel);
        using var process = ServerProcess.Start(folder, [("origin", "http://postern.test"), ("httpport", "0"), ("initDataFile", initData), ("refusedTokenRequestsPerMinute", "20")]);
        using var http = await process.ConnectAsync(Cancel);
        var document = new ServedDocument(JsonNode.Parse(await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancel))!);
        var serial = 0;

        // Names of 3.9 million characters, each another.
        for (var i = 0; i < 50; i++)
        {
            var name = $"{i}" + new string('n', 3_900_000);
            await SendAsync(http, HttpMethod.Post, "/api/login", Json(new JsonObject { ["type"] = "login", ["application"] = "shop-app", ["organization"] = "shop", ["username"] = name, ["password"] = "x" }));
        }

        Assert.InRange(process.PeakResidentBytes, 1, MostResident);

        // Every route that the document has, with values that are as long as they may be and others that are longer.
        var operations = document.Operations.ToList();
        await Parallel.ForEachAsync(Enumerable.Range(0, 6 * operations.Count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (i, _) =>
        {
            var (method, path, operation) = operations[i % operations.Count];
            var n = Interlocked.Increment(ref serial);
            var query = (operation["parameters"] as JsonArray ?? []).Where(p => p!["in"]!.ToString() == "query")
                .Select(p => $"{p!["name"]}={n}{new string('q', (n % 3 == 0 ? 1_000 : 200) / (n % 2 == 0 ? 1 : 4))}").Take(20);
            HttpContent? body = method is "GET" or "DELETE" ? null : n % 2 == 0
                ? Json(new JsonObject { ["owner"] = "shop", ["name"] = $"{n}" + new string('b', n % 3 == 0 ? 60_000 : 200), ["username"] = $"u{n}", ["organization"] = "shop", ["password"] = "x" })
                : new FormUrlEncodedContent([new("client_id", n % 3 == 0 ? "shop-client" : $"{n}" + new string('f', 200)), new("token", $"{n}" + new string('t', 50_000))]);
            await SendAsync(http, new HttpMethod(method), $"{path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)}?{string.Join('&', query)}", body);
        });

        // What leaves rows or is remembered where it is let through.
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (i, _) =>
        {
            var state = $"{i}" + new string('s', 8_000);
            await SendAsync(http, HttpMethod.Post, "/api/login/oauth/par", new FormUrlEncodedContent(
            [
                new("client_id", "shop-client"), new("response_type", "code"), new("redirect_uri", "https://app.example/cb"), new("state", state),
                .. Enumerable.Range(0, 20).Select(u => KeyValuePair.Create($"unknown{u}", $"{i}" + new string('u', 900))),
            ]));
            await SendAsync(http, HttpMethod.Post, "/api/device-auth", new FormUrlEncodedContent([new("client_id", "shop-client"), new("scope", "openid")]));
            await SendAsync(http, HttpMethod.Post, "/api/oauth/register?organization=shop", Json(new JsonObject { ["client_name"] = $"c{i}", ["redirect_uris"] = new JsonArray("https://app.example/" + i) }));
            await SendAsync(http, HttpMethod.Post, "/api/login", Json(new JsonObject { ["type"] = "login", ["application"] = "shop-app", ["organization"] = "shop", ["username"] = $"nobody{i}" + new string('n', 200), ["password"] = "x" }));
        });

        Assert.InRange(process.PeakResidentBytes, 1, MostResident);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "data", "postern.db")};Mode=ReadOnly;Pooling=False");
        // The flood may have lasted into a second minute or a third.
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select count(*) from pushed_requests"), 1, 180);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select count(*) from device_codes"), 1, 180);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select count(*) from applications where is_self_registered"), 1, 180);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select count(*) from records"), 0, 1_000);
        Assert.InRange(await connection.ExecuteScalarAsync<long>("select count(*) from refusal_counts"), 0, 200);
        await process.TerminateAsync(Cancel);
        Assert.Equal(0, await process.WaitAsync(Cancel));
        Assert.DoesNotContain("mistake of ours", process.Output, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");

    private static async Task SendAsync(HttpClient http, HttpMethod method, string address, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative)) { Content = content };
        using var response = await http.SendAsync(request, Cancel);
        Assert.NotEqual(500, (int)response.StatusCode);
    }
}
