using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Accounts;

/// <summary>The recorded calls of a sign-in page, asked of us in their order: envelope, sentences, and the properties of what is shown.</summary>
public sealed class GoldenSignInTests(Servers servers)
{
    private static readonly Dictionary<string, string> Otherwise = new()
    {
        // An unknown name is answered like a wrong password, so that nobody learns who exists.
        ["The user: hold/nobody doesn't exist"] = "password or code is incorrect, you have 4 remaining chances",
        // Our sentences never repeat what was sent.
        ["Redirect URI: http://evil.example/ doesn't exist in the allowed Redirect URI list"] =
            "Redirect URI: the one that was sent doesn't exist in the allowed Redirect URI list",
    };

    [Fact]
    public async Task Recorded_calls_are_answered_in_the_recorded_shape()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await CodeFlow.AddUserAsync(flow.Tenant, "alice");
        await flow.ExecuteAsync("""update applications set redirect_uris = '["http://localhost:9000/callback"]' where name = @Application""");
        var calls = JsonNode.Parse(await File.ReadAllTextAsync(Golden.Path("sign-in-calls.json"), TestContext.Current.CancellationToken))!.AsArray();

        foreach (var call in calls)
        {
            var (method, path) = call!["request"]!.GetValue<string>().Split(' ') is [var m, var p] ? (m, Ours(p)) : default;
            var answer = method == "GET" ? await flow.Client.GetAsync(path) : await flow.Client.PostJsonAsync(path, Ours(call["body"]!.ToJsonString()));

            var (expected, actual) = (call["response"]!["body"]!.AsObject(), JsonNode.Parse(answer.Text)!.AsObject());
            var sentence = expected["msg"]!.GetValue<string>();
            // Errors have a code of ours beside Casdoor's keys, and a refused sign-in its reason.
            string[] ours = actual["status"]!.GetValue<string>() == "error" ? ["code", "reason"] : [];
            Assert.Equal(expected.Select(p => p.Key), actual.Select(p => p.Key).Except(ours));
            Assert.Equal(Otherwise.GetValueOrDefault(sentence, sentence), actual["msg"]!.GetValue<string>());
            Assert.Equal(expected["status"]!.GetValue<string>(), actual["status"]!.GetValue<string>());
            AssertShape(expected["data"], actual["data"]);
        }

        string Ours(string text) => text.Replace("id-app-hold", flow.Tenant.ClientId, StringComparison.Ordinal).Replace("app-hold", flow.Tenant.Application, StringComparison.Ordinal)
            .Replace("\"hold\"", $"\"{flow.Tenant.Organization}\"", StringComparison.Ordinal).Replace("secret-1", CodeFlow.Password, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_for_a_device_is_shown_the_application_while_the_code_lives()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), """grant_types = '["urn:ietf:params:oauth:grant-type:device_code"]'""");
        var device = await flow.Client.PostAsync("/api/device-auth", null, ("client_id", flow.Tenant.ClientId));

        var shown = await flow.Client.GetAsync("/api/get-app-login?type=device&userCode=" + device["user_code"]);
        var unknown = await flow.Client.GetAsync("/api/get-app-login?type=device&userCode=BBBB-BBBB");
        var nothing = await flow.Client.GetAsync("/api/get-app-login");

        Assert.Equal((flow.Tenant.Application, "***"), (shown.Body.GetProperty("data").GetProperty("name").GetString(), shown.Body.GetProperty("data").GetProperty("clientSecret").GetString()));
        Assert.Equal(("error", "UserCode Expired", ""), (unknown["status"], unknown["msg"], unknown["data"]));
        Assert.Equal(("ok", ""), (nothing["status"], nothing["data"]));
    }

    /// <summary>The same properties with the same kinds of value; what is masked is masked alike.</summary>
    private static void AssertShape(JsonNode? expected, JsonNode? actual)
    {
        Assert.Equal(expected?.GetValueKind(), actual?.GetValueKind());
        if (expected is not JsonObject shown)
        {
            return;
        }

        Assert.Equal(shown.Select(p => p.Key).Order(), actual!.AsObject().Select(p => p.Key).Order());
        foreach (var (name, value) in shown)
        {
            if (value is JsonValue && value.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>() == "***")
            {
                Assert.True(actual[name]?.GetValue<string>() == "***", name);
            }
        }

        if (shown["organizationObj"] is JsonObject organization)
        {
            AssertShape(organization, actual["organizationObj"]);
        }
    }
}
