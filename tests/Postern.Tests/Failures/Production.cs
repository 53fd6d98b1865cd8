using System.Net.Http.Headers;
using System.Text;
using Dapper;
using Postern.Server.Configuration;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Failures;

/// <summary>The program in Production on a database of its own, with one Mini Program whose WeChat is simulated on loopback.</summary>
internal sealed class Production : IAsyncDisposable
{
    public const string AppId = "wxproduction00001";
    public const string AppSecret = "canary-appsecret-0123456789abcdef";
    public const string ClientSecret = "canary-client-secret";
    public const string AdminPassword = "canary-Password-of-the-administrator-1";
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("postern-production-").FullName;
    private readonly DatabaseDriver driver;
    private readonly string source;

    private Production(DatabaseDriver driver, string source, Sandbox wechat)
    {
        (this.driver, WeChat) = (driver, wechat);
        this.source = driver == DatabaseDriver.Sqlite ? Path.Combine(folder, "postern.db") : source;
    }

    public Sandbox WeChat { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Production> CreateAsync(DatabaseDriver driver)
    {
        var wechat = await SandboxHost.StartAsync(new SandboxOptions { Port = 0 });
        wechat.Register(new SandboxApp { AppId = AppId, AppSecret = AppSecret, OpenPlatform = "platform-production" });
        return new Production(driver, driver == DatabaseDriver.Sqlite ? "" : await PostgresServer.CreateDatabaseAsync(), wechat);
    }

    public ServerProcess Start(params (string Name, string Value)[] more)
    {
        var initData = Path.Combine(folder, "init_data.json");
        File.WriteAllText(
            initData,
            $$"""
            {
              "organizations": [{"owner": "admin", "name": "shop"}],
              "providers": [{"owner": "admin", "name": "mini", "category": "OAuth", "type": "WeChatMiniProgram", "clientId": "{{AppId}}", "clientSecret": "{{AppSecret}}"}],
              "applications": [{"owner": "admin", "name": "shop-app", "organization": "shop", "clientId": "shop-client", "clientSecret": "{{ClientSecret}}",
                "enableSignUp": true, "providers": [{"name": "mini"}], "tokenSigningMethod": "ES256"}]
            }
            """);
        return ServerProcess.Start(folder,
        [
            ("origin", "http://postern.test"), ("httpport", "0"), ("driverName", driver.ToString().ToLowerInvariant()), ("dataSourceName", source),
            ("initDataFile", initData), ("wechatEndpoint", WeChat.BaseUri.ToString()), ("allowForeignWechatEndpoint", "true"),
            ("POSTERN_ADMIN_PASSWORD", AdminPassword), .. more,
        ]);
    }

    public static Task<Answer> SignInAsync(HttpClient http, string code) =>
        TokenAsync(http, ("tag", "wechat_miniprogram"), ("client_id", "shop-client"), ("code", code), ("username", "Tom"));

    public string Code(string persona) => WeChat.MintCode(AppId, persona);

    public static Task<Answer> RefreshAsync(HttpClient http, string token) =>
        TokenAsync(http, ("grant_type", "refresh_token"), ("client_id", "shop-client"), ("refresh_token", token));

    public static async Task<Answer> AskAsync(HttpClient http, string path, string? token, string? json = null)
    {
        using var request = new HttpRequestMessage(json is null ? HttpMethod.Get : HttpMethod.Post, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, Cancel);
        return await Answer.OfAsync(response);
    }

    public async Task<T> ReadAsync<T>(Func<System.Data.Common.DbConnection, Task<T>> read)
    {
        await using var database = new Database(new PosternOptions { Driver = driver, ConnectionString = driver == DatabaseDriver.Sqlite ? $"Data Source={source}" : source });
        return await database.ReadAsync(read, Cancel);
    }

    /// <summary>Everything that the database holds.</summary>
    public Task<string> DumpAsync() => ReadAsync(c => TestServer.DumpAsync(c, driver));

    public async ValueTask DisposeAsync()
    {
        await WeChat.DisposeAsync();
        if (driver == DatabaseDriver.Postgres)
        {
            await PostgresServer.DropDatabaseAsync(source);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static async Task<Answer> TokenAsync(HttpClient http, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value)));
        using var response = await http.PostAsync(new Uri("/api/login/oauth/access_token", UriKind.Relative), content, Cancel);
        return await Answer.OfAsync(response);
    }
}
