using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Dapper;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Failures;

/// <summary>The real process in Production, with WeChat simulated on loopback, and its end in the middle of its work.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const string AppId = "wxkilled000000001";
    private const string AppSecret = "0123456789abcdef0123456789abcdef";
    private readonly string folder = Directory.CreateTempSubdirectory("postern-killed-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_server_that_is_killed_under_load_has_every_sign_in_that_it_answered(DatabaseDriver driver)
    {
        var source = await SourceAsync(driver);
        await using var wechat = await WeChatAsync();
        var answered = new ConcurrentQueue<(string Persona, Answer Answer)>();
        using (var killed = Start(driver, source, wechat))
        {
            using var http = await killed.ConnectAsync(Cancel);
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
            {
                while (true)
                {
                    var persona = $"p{Interlocked.Increment(ref next)}";
                    try
                    {
                        answered.Enqueue((persona, await SignInAsync(http, wechat, persona)));
                    }
                    catch (Exception e) when (e is HttpRequestException or IOException)
                    {
                        return;
                    }

                    if (answered.Count >= 200)
                    {
                        killed.Kill();
                    }
                }
            }));
            Assert.NotEqual(0, await killed.WaitAsync(Cancel));
        }

        Assert.True(answered.Count >= 200);
        Assert.All(answered, a => Assert.Equal(200, a.Answer.Status));
        using var again = Start(driver, source, wechat);
        using var client = await again.ConnectAsync(Cancel);
        foreach (var (persona, answer) in answered)
        {
            var account = await AskAsync(client, HttpMethod.Get, "/api/get-account", answer["access_token"]);
            Assert.Equal("ok", account["status"]);
            Assert.Equal(200, (await RefreshAsync(client, answer["refresh_token"]!)).Status);
            var returned = await SignInAsync(client, wechat, persona);
            Assert.Equal(account["sub"], (await AskAsync(client, HttpMethod.Get, "/api/get-account", returned["access_token"]))["sub"]);
        }

        await using (var database = new Database(new PosternOptions { Driver = driver, ConnectionString = ConnectionString(driver, source) }))
        {
            foreach (var half in new[]
            {
                "users u where owner = 'killed' and not exists (select 1 from external_identities i where i.user_id = u.id)",
                "external_identities i where not exists (select 1 from users u where u.id = i.user_id)",
                "grants g where not exists (select 1 from tokens t where t.grant_id = g.id) or not exists (select 1 from refresh_tokens r where r.grant_id = g.id)",
                "tokens t where not exists (select 1 from grants g where g.id = t.grant_id)",
                "refresh_tokens r where not exists (select 1 from grants g where g.id = r.grant_id)",
            })
            {
                Assert.Equal(0, await database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from " + half), Cancel));
            }
        }

        await EndAsync(again, driver, source);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_server_that_is_told_to_end_answers_who_is_waiting_and_ends_with_0(DatabaseDriver driver)
    {
        var source = await SourceAsync(driver);
        await using var wechat = await WeChatAsync();
        using var process = Start(driver, source, wechat);
        using var http = await process.ConnectAsync(Cancel);
        wechat.Inject(new SandboxFault { Route = "jscode2session", Fault = new FaultKind { DelayMs = 1000 } });
        var waiting = SignInAsync(http, wechat, "mei");
        await wechat.WaitForCallsAsync("jscode2session", AppId, 1, Cancel);
        await process.TerminateAsync(Cancel);

        Assert.Equal(200, (await waiting).Status);
        await EndAsync(process, driver, source);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<Sandbox> WeChatAsync()
    {
        var wechat = await SandboxHost.StartAsync(new SandboxOptions { Port = 0 });
        wechat.Register(new SandboxApp { AppId = AppId, AppSecret = AppSecret, OpenPlatform = "platform-killed" });
        return wechat;
    }

    private async Task<string> SourceAsync(DatabaseDriver driver) =>
        driver == DatabaseDriver.Sqlite ? Path.Combine(folder, "postern.db") : await PostgresServer.CreateDatabaseAsync();

    private static string ConnectionString(DatabaseDriver driver, string source) => driver == DatabaseDriver.Sqlite ? $"Data Source={source}" : source;

    private static async Task EndAsync(ServerProcess process, DatabaseDriver driver, string source)
    {
        await process.TerminateAsync(Cancel);
        Assert.Equal(0, await process.WaitAsync(Cancel));
        if (driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(source);
        }
    }

    private ServerProcess Start(DatabaseDriver driver, string source, Sandbox wechat)
    {
        var initData = Path.Combine(folder, "init_data.json");
        File.WriteAllText(
            initData,
            $$"""
            {
              "organizations": [{"owner": "admin", "name": "killed"}],
              "providers": [{"owner": "admin", "name": "mini", "category": "OAuth", "type": "WeChatMiniProgram", "clientId": "{{AppId}}", "clientSecret": "{{AppSecret}}"}],
              "applications": [{"owner": "admin", "name": "killed-app", "organization": "killed", "clientId": "killed-client", "clientSecret": "killed-secret",
                "enableSignUp": true, "providers": [{"name": "mini"}], "tokenSigningMethod": "ES256"}]
            }
            """);
        return ServerProcess.Start(folder,
        [
            ("origin", "http://postern.test"), ("httpport", "0"), ("driverName", driver.ToString().ToLowerInvariant()), ("dataSourceName", source),
            ("initDataFile", initData), ("wechatEndpoint", wechat.BaseUri.ToString()), ("allowForeignWechatEndpoint", "true"),
        ]);
    }

    private static Task<Answer> SignInAsync(HttpClient http, Sandbox wechat, string persona) =>
        PostAsync(http, ("tag", "wechat_miniprogram"), ("client_id", "killed-client"), ("code", wechat.MintCode(AppId, persona)), ("username", "Tom"));

    private static Task<Answer> RefreshAsync(HttpClient http, string token) =>
        PostAsync(http, ("grant_type", "refresh_token"), ("client_id", "killed-client"), ("refresh_token", token));

    private static async Task<Answer> PostAsync(HttpClient http, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        using var response = await http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), content, Cancel);
        return await Answer.OfAsync(response);
    }

    private static async Task<Answer> AskAsync(HttpClient http, HttpMethod method, string path, string? token)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Cancel);
        return await Answer.OfAsync(response);
    }
}
