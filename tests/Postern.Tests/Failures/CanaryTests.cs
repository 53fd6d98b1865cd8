using System.Text.Json;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Failures;

/// <summary>Secrets planted everywhere, and searched for in all that the real process answers, prints and stores.</summary>
public sealed class CanaryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_secret_is_in_an_answer_a_line_of_the_log_or_a_table_that_it_is_not_meant_for(DatabaseDriver driver)
    {
        await using var production = await Production.CreateAsync(driver);
        using var process = production.Start(("showSql", "true"));
        using var http = await process.ConnectAsync(Cancel);
        var (answers, secrets) = (new List<string>(), new List<string> { Production.AppSecret, Production.ClientSecret, Production.AdminPassword, "canary" });

        var signedIn = await Production.SignInAsync(http, Spend("mei"));
        var refreshed = await Production.RefreshAsync(http, Keep(signedIn)["refresh_token"]!);
        var token = Keep(refreshed)["access_token"]!;
        foreach (var fault in new FaultKind[]
        {
            new() { ErrCode = 40125 }, new() { ErrCode = 40029 }, new() { ErrCode = -1 }, new() { Status = 500 }, new() { Status = 302 }, new() { Cut = FaultPoint.Mid },
            new() { Body = FaultBody.Truncated }, new() { Body = FaultBody.Garbled },
        })
        {
            production.WeChat.ClearFaults();
            production.WeChat.Inject(new SandboxFault { Route = "jscode2session", Times = 2, Fault = fault });
            var refused = await Production.SignInAsync(http, Spend("mei"));
            Assert.NotEqual(200, refused.Status);
            answers.Add(refused.Text);
        }

        production.WeChat.ClearFaults();
        answers.Add((await Production.RefreshAsync(http, "canary-refresh-token")).Text);
        answers.Add((await Production.SignInAsync(http, "canary-code")).Text);
        foreach (var (path, bearer, json) in new (string, string?, string?)[]
        {
            ("/api/get-account", token, null), ("/api/userinfo", token, null), ("/api/get-account", "canary-token", null),
            ("/api/userinfo?access_token=canary-token", null, null), ("/api/canary-path?code=canary-code", null, null), ("/canary-path", token, null),
            ("/api/get-user?id=canary-name", token, null), ("/api/update-user", token, """{"displayName":"Mei","password":"canary-Password-2"}"""),
            ("/api/update-user", token, """{"canary": """), ("/api/login", null, Login(Production.AdminPassword)), ("/api/login", null, Login("canary-wrong-password")),
            ("/api/get-provider?id=admin/mini", null, null), ("/api/get-application?id=admin/shop-app&withSecret=0", null, null), ("/api/get-providers", null, null),
            ("/api/get-certs", null, null), ("/api/get-users", null, null), ("/api/get-organizations", null, null), ("/api/get-applications", null, null),
            ("/api/add-provider", null, """{"owner":"admin","name":"mini","clientSecret":"canary-other-secret"}"""),
            ("/api/update-provider?id=admin/mini", null, """{"clientSecret":7,"title":"canary"}"""),
        })
        {
            // The cookie of the administrator's sign-in goes with what follows it.
            var answer = await Production.AskAsync(http, path, bearer, json);
            answers.Add(answer.Text);
        }

        using var asked = JsonDocument.Parse(await http.GetStringAsync(new Uri(
            production.WeChat.BaseUri, $"/sns/jscode2session?appid={Production.AppId}&secret={Production.AppSecret}&js_code={production.Code("mei")}&grant_type=authorization_code"), Cancel));
        secrets.Add(asked.RootElement.GetProperty("session_key").GetString()!);
        await process.TerminateAsync(Cancel);
        Assert.Equal(0, await process.WaitAsync(Cancel));

        // What an administrator wrote may be read: the title is no secret, and a request's own words may come back to it.
        var shown = string.Join('\n', answers);
        var kept = process.Output + process.Error + await production.DumpAsync();
        Assert.Contains("select", process.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("shop-client", shown, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, kept, StringComparison.Ordinal));
        Assert.All(secrets.Where(s => s != "canary"), secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.All(["js_code=", "secret=canary", "BEGIN PRIVATE", "BEGIN RSA"], part => Assert.DoesNotContain(part, kept + shown, StringComparison.Ordinal));

        string Spend(string persona)
        {
            var code = production.Code(persona);
            secrets.Add(code);
            return code;
        }

        Answer Keep(Answer issued)
        {
            Assert.Equal(200, issued.Status);
            secrets.AddRange([issued["access_token"]!, issued["refresh_token"]!, issued["id_token"]!]);
            return issued;
        }

        static string Login(string password) =>
            $$"""{"type":"login","application":"app-built-in","organization":"built-in","username":"admin","password":"{{password}}"}""";
    }
}
