using System.Collections.Concurrent;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.WeChat.Sandbox;
using Xunit;

namespace Postern.Tests.Failures;

/// <summary>The end of the process in the middle of its work.</summary>
public sealed class KilledServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_server_that_is_killed_under_load_has_every_sign_in_that_it_answered(DatabaseDriver driver)
    {
        await using var production = await Production.CreateAsync(driver);
        var answered = new ConcurrentQueue<(string Persona, Answer Answer)>();
        using (var killed = production.Start())
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
                        answered.Enqueue((persona, await Production.SignInAsync(http, production.Code(persona))));
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
        using var again = production.Start();
        using var client = await again.ConnectAsync(Cancel);
        foreach (var (persona, answer) in answered)
        {
            var account = await Production.AskAsync(client, "/api/get-account", answer["access_token"]);
            Assert.Equal("ok", account["status"]);
            Assert.Equal(200, (await Production.RefreshAsync(client, answer["refresh_token"]!)).Status);
            var returned = await Production.SignInAsync(client, production.Code(persona));
            Assert.Equal(account["sub"], (await Production.AskAsync(client, "/api/get-account", returned["access_token"]))["sub"]);
        }

        foreach (var half in new[]
        {
            "users u where owner = 'shop' and not exists (select 1 from external_identities i where i.user_id = u.id)",
            "external_identities i where not exists (select 1 from users u where u.id = i.user_id)",
            "grants g where not exists (select 1 from tokens t where t.grant_id = g.id) or not exists (select 1 from refresh_tokens r where r.grant_id = g.id)",
            "tokens t where not exists (select 1 from grants g where g.id = t.grant_id)",
            "refresh_tokens r where not exists (select 1 from grants g where g.id = r.grant_id)",
        })
        {
            Assert.Equal(0, await production.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from " + half)));
        }

        await again.TerminateAsync(Cancel);
        Assert.Equal(0, await again.WaitAsync(Cancel));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_server_that_is_told_to_end_answers_who_is_waiting_and_ends_with_0(DatabaseDriver driver)
    {
        await using var production = await Production.CreateAsync(driver);
        using var process = production.Start();
        using var http = await process.ConnectAsync(Cancel);
        production.WeChat.Inject(new SandboxFault { Route = "jscode2session", Fault = new FaultKind { DelayMs = 1000 } });
        var waiting = Production.SignInAsync(http, production.Code("mei"));
        await production.WeChat.WaitForCallsAsync("jscode2session", Production.AppId, 1, Cancel);
        await process.TerminateAsync(Cancel);

        Assert.Equal(200, (await waiting).Status);
        Assert.Equal(0, await process.WaitAsync(Cancel));
    }
}
