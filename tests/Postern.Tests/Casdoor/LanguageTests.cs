using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Accounts;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor;

/// <summary>The sentences of the envelope in the caller's language.</summary>
public sealed class LanguageTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_caller_who_reads_Chinese_is_answered_in_Chinese(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        foreach (var (language, sentence) in new[] { ("zh-CN,zh;q=0.9", "请先登录"), ("ZH", "请先登录"), ("en-US,zh;q=0.5", "Please login first"), ("de", "Please login first") })
        {
            var answer = await host.SendAsync(HttpMethod.Get, "/api/get-account", headers: ("Accept-Language", language));
            Assert.Equal((sentence, "Please login first"), (answer["msg"], answer["data"]));
        }

        Assert.Equal("Please login first", (await host.GetAsync("/api/get-account"))["msg"]);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Numbers_and_names_stay_in_a_translated_sentence(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        await host.AddUserAsync(host.Tenant.Organization, "mei", "right-password");
        var sentences = new List<string?>();
        for (var i = 0; i < 6; i++)
        {
            sentences.Add((await LoginAsync(host.Tenant.Application))["msg"]);
        }

        Assert.Equal("用户名或密码错误，您还有 4 次机会", sentences[0]);
        Assert.Equal("密码错误次数过多，请 15 分钟后重试", sentences[5]);
        Assert.Equal("应用: no-such-app 不存在", (await LoginAsync("no-such-app"))["msg"]);

        Task<Answer> LoginAsync(string application) => host.SendAsync(
            HttpMethod.Post, "/api/login", null,
            $$"""{"type":"login","application":"{{application}}","organization":"{{host.Tenant.Organization}}","username":"mei","password":"wrong"}""",
            headers: ("Accept-Language", "zh-CN"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_closed_sign_in_is_told_in_Chinese(DatabaseDriver driver)
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(driver));
        async Task<string?> LoginAsync(string closed)
        {
            await host.ExecuteAsync($"update applications set {closed} where name = @Application", new { host.Tenant.Application });
            return (await host.SendAsync(
                HttpMethod.Post, "/api/login", null,
                $$"""{"type":"login","application":"{{host.Tenant.Application}}","organization":"{{host.Tenant.Organization}}","username":"mei","password":"wrong"}""",
                headers: ("Accept-Language", "zh-CN")))["msg"];
        }

        Assert.Equal("该应用未启用密码登录", await LoginAsync("enable_password = false"));
        Assert.Equal($"应用: {host.Tenant.Application} 已停用登录", await LoginAsync("disable_signin = true"));
    }

    [Fact]
    public async Task A_denial_is_Chinese_only_for_the_two_letters()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        foreach (var (language, denied, unknown) in new[]
        {
            ("zh", "未授权的操作", "访问令牌不存在"), ("zh-CN", "Unauthorized operation", "Access token doesn't exist in database"), ("en", "Unauthorized operation", "Access token doesn't exist in database"),
        })
        {
            Assert.Equal(
                $$"""{"status":"error","msg":"{{denied}}","code":"unauthorized","data":null,"data2":null}""",
                (await host.SendAsync(HttpMethod.Get, "/api/get-users", headers: ("Accept-Language", language))).Text);
            Assert.Equal(unknown, (await host.SendAsync(HttpMethod.Get, "/api/get-account", "Bearer nothing", headers: ("Accept-Language", language)))["msg"]);
        }
    }

    [Fact]
    public async Task A_user_who_is_shut_out_reads_why()
    {
        await using var host = await AccountsHost.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var token = (await host.SignInAsync("han"))["access_token"]!;
        await host.ExecuteAsync("update users set is_forbidden = true where owner = @Organization", new { host.Tenant.Organization });

        var answer = await host.SendAsync(HttpMethod.Get, "/api/get-account", "Bearer " + token, headers: ("Accept-Language", "zh"));

        Assert.Equal("该用户已被禁止登录，请联系管理员", answer["msg"]);
    }
}
