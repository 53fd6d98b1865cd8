using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postern.CasdoorApi.Webhooks;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Webhooks;

/// <summary>Who is told of what happens, and what is told of the telling.</summary>
public sealed class WebhookEventTests
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_webhook_is_told_of_a_sign_in_with_the_record_and_the_user(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject
        {
            ["events"] = new JsonArray("login", "signup"),
            ["isUserExtended"] = true,
            ["headers"] = new JsonArray(new JsonObject { ["name"] = "Authorization", ["value"] = "Bearer of-the-receiver" }),
        });

        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        var first = await world.NextAsync();
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"));
        var second = await world.NextAsync();

        var told = JsonNode.Parse(first.Body)!;
        Assert.Equal(("POST", "application/json; charset=utf-8", "Bearer of-the-receiver"), (first.Method, first.ContentType, first.Headers["Authorization"]));
        Assert.Equal(("signup", world.Tenant.Organization, "mei", "ok"),
            (told["action"]!.ToString(), told["organization"]!.ToString(), told["user"]!.ToString(), JsonNode.Parse(told["response"]!.ToString())!["status"]!.ToString()));
        Assert.Equal("mei", told["extendedUser"]!["name"]!.ToString());
        Assert.Equal("login", JsonNode.Parse(second.Body)!["action"]!.ToString());
        Assert.NotEqual(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(0, world.Receiver.Waiting);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_refused_and_what_nobody_asked_for_is_not_told(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("login", "signin-refused", "token-refused", "refresh-token") });
        await world.AddAsync("off", new JsonObject { ["events"] = new JsonArray("signup"), ["isEnabled"] = false });

        await world.Tenant.SignInAsync("no-code");
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");

        Assert.Empty(await world.EventsAsync());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_an_application_reports_is_heard_as_a_report_and_never_as_a_sign_up(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("signups", new JsonObject { ["events"] = new JsonArray("signup", "new-user") });
        await world.AddAsync("reports", new JsonObject { ["events"] = new JsonArray("add-record"), ["headers"] = new JsonArray(new JsonObject { ["name"] = "Host", ["value"] = "elsewhere" }) });
        using var http = world.Tenant.AsApplication();
        using var content = new StringContent(new JsonObject { ["organization"] = world.Tenant.Organization, ["action"] = "signup", ["object"] = "{\"password\":\"open sesame\"}" }.ToJsonString());
        using var added = await http.PostAsync(new Uri("/api/add-record", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var told = await world.NextAsync();

        Assert.Equal(("admin/reports", "add-record"), (await world.EventsAsync()).Single() is { } one ? (one["webhook"]!.ToString(), one["eventType"]!.ToString()) : default);
        Assert.Equal(("signup", "reported"), JsonNode.Parse(told.Body) is { } record ? (record["action"]!.ToString(), record["verdict"]!.ToString()) : default);
        Assert.StartsWith("127.0.0.1", told.Headers["Host"], StringComparison.Ordinal);
        Assert.DoesNotContain("open sesame", told.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_organizations_webhook_hears_of_its_own_alone_and_the_installations_of_all(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        var other = await world.Server.NewTenantAsync();
        await world.AddAsync("own", new JsonObject { ["events"] = new JsonArray("signup") });
        await world.AddAsync("all", new JsonObject { ["events"] = new JsonArray("signup"), ["organization"] = "built-in" });
        await world.AddAsync("only", new JsonObject { ["events"] = new JsonArray("signup"), ["organization"] = "built-in", ["singleOrgOnly"] = true });

        await other.SignInAsync(other.Code("li"), "li");
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");

        Assert.Equal(
            [("admin/all", other.Organization), ("admin/all", world.Tenant.Organization), ("admin/own", world.Tenant.Organization)],
            (await world.EventsAsync()).Select(e => (e!["webhook"]!.ToString(), e["organization"]!.ToString())).OrderBy(e => e.Item1).ThenBy(e => e.Item2 == world.Tenant.Organization));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_webhook_hears_what_it_asks_for_now(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup") });
        async Task<int> AfterAsync(JsonObject change, string persona)
        {
            change["owner"] = "admin";
            change["name"] = "hook";
            Assert.Equal("Affected", await world.Administrator.WriteAsync("/api/update-webhook?id=admin/hook", change));
            await world.Tenant.SignInAsync(world.Tenant.Code(persona));
            return (await world.EventsAsync()).Count;
        }

        Assert.Equal(0, await AfterAsync(new JsonObject { ["isEnabled"] = false }, "a"));
        Assert.Equal(1, await AfterAsync(new JsonObject { ["isEnabled"] = true }, "b"));
        Assert.Equal(1, await AfterAsync(new JsonObject { ["events"] = new JsonArray("logout") }, "c"));
        Assert.Equal(2, await AfterAsync(new JsonObject { ["events"] = new JsonArray("new-user", "signup") }, "d"));
        Assert.Equal("Affected", await world.Administrator.WriteAsync("/api/delete-webhook", new JsonObject { ["owner"] = "admin", ["name"] = "hook", ["organization"] = world.Tenant.Organization }));
        await world.Tenant.SignInAsync(world.Tenant.Code("e"));
        Assert.Equal(0, await world.Server.Database.ReadAsync(c => c.ExecuteScalarAsync<long>("select count(*) from webhook_events")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_receiver_that_fails_is_told_again_under_the_same_id_and_given_up_after_its_retries(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        world.Receiver.Status = StatusCodes.Status500InternalServerError;
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup"), ["maxRetries"] = 1, ["retryInterval"] = 10 });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");

        var first = await world.NextAsync();
        var waiting = await world.StateAsync("Retrying");
        world.Server.Clock.Advance(TimeSpan.FromSeconds(11));
        var second = await world.NextAsync();
        var given = await world.StateAsync("Failed");

        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal((1, 500, "it answered 500"), ((int)waiting["attemptCount"]!, (int)waiting["lastStatusCode"]!, waiting["lastError"]!.ToString()));
        Assert.Equal(("answered", "answered"), (waiting["lastErrorCode"]!.ToString(), given["lastErrorCode"]!.ToString()));
        Assert.Equal((2, ""), ((int)given["attemptCount"]!, given["nextRetryTime"]!.ToString()));
        Assert.Contains(world.Server.Log.Lines, l => l.Contains("Webhook admin/hook could not be told of an event: it answered 500", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Receiver.Address, string.Concat(world.Server.Log.Lines), StringComparison.Ordinal);

        world.Receiver.Status = StatusCodes.Status204NoContent;
        Assert.Equal("Webhook event replay triggered", (await world.Administrator.PostAsync($"/api/replay-webhook-event?id=admin/{given["name"]}", "")).Body["data"]!.ToString());
        await world.NextAsync();
        Assert.Equal((1, 204, ""), await world.StateAsync("Success") is var told ? ((int)told["attemptCount"]!, (int)told["lastStatusCode"]!, told["lastError"]!.ToString()) : default);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_to_be_told_when_the_server_fell_over_is_told_by_another(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup") });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        // Claimed by a node that is no more, unless the server's own timer was quicker: then once more.
        var lease = world.Server.Clock.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds();
        await world.Server.Database.WriteAsync(async (c, t) => Written.Commit(await c.ExecuteAsync(
            "update webhook_events set state = 'Pending', attempts = attempts + 1, next_time = @lease", new { lease }, t)));
        await using var node = await world.Server.StartNodeAsync();
        world.Server.Clock.Advance(TimeSpan.FromSeconds(61));
        await node.Services.GetRequiredService<WebhookDelivery>().SendDueAsync(CancellationToken.None);

        Assert.Equal("signup", JsonNode.Parse((await world.Receiver.NextAsync()).Body)!["action"]!.ToString());
        await world.StateAsync("Success");
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_told_is_known_for_thirty_days_and_what_nobody_took_for_three_is_given_up(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        world.Receiver.Status = StatusCodes.Status503ServiceUnavailable;
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup"), ["maxRetries"] = 20, ["retryInterval"] = 86_400 });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        await world.NextAsync();
        await world.StateAsync("Retrying");
        world.Server.Clock.Advance(TimeSpan.FromDays(2.5));
        await world.NextAsync();
        Assert.Equal(2, (int)(await world.StateAsync("Failed"))["attemptCount"]!);

        world.Server.Clock.Advance(TimeSpan.FromDays(27));
        await SweepAsync();
        Assert.Single(await world.EventsAsync());
        world.Server.Clock.Advance(TimeSpan.FromDays(1));
        await SweepAsync();
        Assert.Empty(await world.EventsAsync());

        Task SweepAsync() => world.Server.Services.GetServices<IHostedService>().OfType<Sweep>().Single().RunOnceAsync();
    }

    [Fact]
    public async Task A_private_address_is_not_called_and_what_others_wait_for_is_not_held_up()
    {
        await using var world = await World.StartAsync(DatabaseDriver.Sqlite, allowPrivate: false);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup"), ["url"] = "https://127.0.0.1:9/" });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");

        await world.SendAsync();

        Assert.Equal("the name has no public address (allowPrivateTargets permits others)", (await world.StateAsync("Retrying"))["lastError"]!.ToString());
        Assert.Equal("private_address", (await world.StateAsync("Retrying"))["lastErrorCode"]!.ToString());
        await world.Tenant.SignInAsync(world.Tenant.Code("li"), "li");
        Assert.Equal(0, world.Receiver.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_closes_a_connection_unanswered_is_told_on_a_new_one_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var world = await World.StartAsync(DatabaseDriver.Sqlite);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup"), ["url"] = $"http://{listener.LocalEndpoint}/" });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        var answering = Task.Run(async () =>
        {
            foreach (var answer in new[] { "", "HTTP/1.1 204 No Content\r\n\r\n" })
            {
                using var connection = await listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                await stream.ReadExactlyAsync(new byte[16]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                // All of it is taken, so that closing is no reset.
                connection.Client.Shutdown(SocketShutdown.Send);
                await stream.CopyToAsync(Stream.Null);
            }
        }, TestContext.Current.CancellationToken);

        await world.SendAsync();

        Assert.Equal((1, 204), await world.StateAsync("Success") is var told ? ((int)told["attemptCount"]!, (int)told["lastStatusCode"]!) : default);
        await answering;
    }

    [Fact]
    public async Task A_form_and_chosen_fields_are_told_as_asked_and_no_secret_ever()
    {
        await using var world = await World.StartAsync(DatabaseDriver.Sqlite);
        await world.AddAsync("hook", new JsonObject
        {
            ["events"] = new JsonArray("add-user", "login"), ["method"] = "PUT", ["contentType"] = "application/x-www-form-urlencoded",
            ["isUserExtended"] = true, ["tokenFields"] = new JsonArray("Name", "passwordSalt", "displayName"), ["objectFields"] = new JsonArray("displayName"),
        });
        using var http = world.Tenant.AsApplication();
        using var content = new StringContent(new JsonObject { ["owner"] = world.Tenant.Organization, ["name"] = "bo", ["displayName"] = "Bo", ["password"] = "a Long enough passphrase 7", ["email"] = "bo@example.com" }.ToJsonString());
        using var added = await http.PostAsync(new Uri("/api/add-user", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var told = await world.NextAsync();

        Assert.Equal(("PUT", "application/x-www-form-urlencoded"), (told.Method, told.ContentType));
        Assert.Equal(("add-user", """{"displayName":"Bo"}""", ""), (told.Form["action"], told.Form["object"], told.Form["extendedUser"]));
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"));
        var user = JsonNode.Parse((await world.NextAsync()).Form["extendedUser"])!.AsObject();
        Assert.Equal(["displayName", "name", "passwordSalt"], user.Select(p => p.Key).Order());
        Assert.True(user["passwordSalt"]!.ToString() is "" or "***");
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Another_organizations_administrator_reads_replays_and_deletes_no_event(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        var other = await world.Server.NewTenantAsync();
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup") });
        await world.AddAsync("all", new JsonObject { ["events"] = new JsonArray("signup"), ["organization"] = "built-in" });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        await other.SignInAsync(other.Code("li"), "li");
        var events = await world.EventsAsync();
        using var stranger = other.AsApplication();
        using var own = world.Tenant.AsApplication();
        async Task<JsonNode> AskAsync(HttpClient http, string path, bool isPost = false)
        {
            using var response = isPost ? await http.PostAsync(new Uri(path, UriKind.Relative), new StringContent("{}")) : await http.GetAsync(new Uri(path, UriKind.Relative));
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }

        Assert.Equal(3, events.Count);
        Assert.Empty((await AskAsync(stranger, "/api/get-webhook-events"))["data"]!.AsArray());
        Assert.Equal(["admin/hook"], (await AskAsync(own, "/api/get-webhook-events?pageSize=10&p=1"))["data"]!.AsArray().Select(e => e!["webhook"]!.ToString()));
        Assert.Equal("Unauthorized operation", (await AskAsync(stranger, $"/api/get-webhook-events?organization={world.Tenant.Organization}"))["msg"]!.ToString());
        foreach (var told in events)
        {
            var id = $"admin/{told!["name"]}";
            foreach (var (path, isPost) in new[] { ("get-webhook-event-detail", false), ("replay-webhook-event", true), ("delete-webhook-event", true) })
            {
                Assert.Equal("Unauthorized operation", (await AskAsync(stranger, $"/api/{path}?id={id}", isPost))["msg"]!.ToString());
            }
        }

        Assert.Equal(3, (await world.EventsAsync()).Count);
        var mine = events.First(e => e!["webhook"]!.ToString() == "admin/hook")!["name"];
        Assert.Equal("Affected", (await AskAsync(own, $"/api/delete-webhook-event?id=admin/{mine}", isPost: true))["data"]!.ToString());
        Assert.Equal(2, (await world.EventsAsync()).Count);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_webhook_that_is_given_to_another_organization_leaves_behind_what_it_was_told(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        var other = await world.Server.NewTenantAsync();
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup") });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        Assert.Equal("Affected", await world.Administrator.WriteAsync("/api/update-webhook?id=admin/hook", new JsonObject { ["organization"] = other.Organization }));
        await other.SignInAsync(other.Code("li"), "li");
        await world.Tenant.SignInAsync(world.Tenant.Code("bo"), "bo");
        using var http = other.AsApplication();

        var seen = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/get-webhook-events", UriKind.Relative), TestContext.Current.CancellationToken))!["data"]!.AsArray();
        var before = (await world.EventsAsync()).Single(e => e!["organization"]!.ToString() == world.Tenant.Organization)!["name"];
        var asked = JsonNode.Parse(await http.GetStringAsync(new Uri($"/api/get-webhook-event-detail?id=admin/{before}", UriKind.Relative), TestContext.Current.CancellationToken))!;

        Assert.Equal(other.Organization, Assert.Single(seen)!["organization"]!.ToString());
        Assert.Equal("Unauthorized operation", asked["msg"]!.ToString());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_first_page_of_the_console_tells_how_webhooks_are(DatabaseDriver driver)
    {
        await using var world = await World.StartAsync(driver);
        await world.AddAsync("hook", new JsonObject { ["events"] = new JsonArray("signup"), ["retryInterval"] = 600 });
        await world.Tenant.SignInAsync(world.Tenant.Code("mei"), "mei");
        await world.NextAsync();
        await world.StateAsync("Success");
        world.Receiver.Status = StatusCodes.Status502BadGateway;
        await world.Tenant.SignInAsync(world.Tenant.Code("li"), "li");
        await world.NextAsync();
        await world.StateAsync("Retrying");

        var health = (await world.Administrator.GetAsync($"/api/get-statistics?organization={world.Tenant.Organization}"))["data"]!["webhooks"]!;

        Assert.Equal((1, 0, 1, """[{"owner":"admin","name":"hook"}]"""), ((int)health["delivered"]!, (int)health["failed"]!, (int)health["waiting"]!, health["troubled"]!.ToJsonString()));
    }
}
