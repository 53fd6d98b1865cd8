using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>Judges one answer to a client library, and reads its effect back.</summary>
internal delegate Task Check(SdkWorld world, SdkAnswer answer);

/// <summary>What <see cref="SdkExpectations"/> are made of.</summary>
internal static class SdkChecks
{
    public static Check Then(Check first, Func<SdkWorld, Task> second) => async (world, answer) =>
    {
        await first(world, answer);
        await second(world);
    };

    public static Check Deleted(string kind, string name) => Then(Affected, async world => Assert.Null(await world.ObjectAsync(kind, name)));

    public static string Text(JsonNode? node, string property) => node?[property]?.GetValue<string>() ?? "";

    public static Task IsEnvelope(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("application/json", answer.ContentType, StringComparison.Ordinal);
        var envelope = answer.Json.AsObject();
        Assert.Contains(envelope["status"]!.GetValue<string>(), new[] { "ok", "error" });
        Assert.Equal(JsonValueKind.String, envelope["msg"]!.GetValueKind());
        Assert.True(envelope.ContainsKey("data"));
        return Task.CompletedTask;
    }

    public static Task Refused(SdkWorld world, SdkAnswer answer)
    {
        IsEnvelope(world, answer);
        Assert.Equal("error", Text(answer.Json, "status"));
        Assert.NotEmpty(Text(answer.Json, "msg"));
        return Task.CompletedTask;
    }

    public static JsonNode? DataOf(SdkAnswer answer)
    {
        IsEnvelope(null!, answer);
        Assert.True(Text(answer.Json, "status") == "ok", answer.Text);
        return answer.Json["data"];
    }

    public static Task Ok(SdkWorld world, SdkAnswer answer)
    {
        DataOf(answer);
        return Task.CompletedTask;
    }

    public static Task Affected(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal("Affected", DataOf(answer)?.ToString());
        return Task.CompletedTask;
    }

    public static Task ShowsUser(SdkWorld world, SdkAnswer answer)
    {
        var data = DataOf(answer);
        Assert.Equal((world.Organization, SdkWorld.User), (Text(data, "owner"), Text(data, "name")));
        return Task.CompletedTask;
    }

    public static Task ShowsSession(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(world.Tenant.Application, Text(DataOf(answer), "application"));
        return Task.CompletedTask;
    }

    public static Task ShowsUserInfo(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.Equal(world.UserId, Text(answer.Json, "sub"));
        Assert.All(new[] { "aud", "address", "phone", "picture" }, key => Assert.True(answer.Json[key] is null || answer.Json[key]!.GetValueKind() == JsonValueKind.String, key));
        return Task.CompletedTask;
    }

    public static async Task Renames(SdkWorld world, SdkAnswer answer)
    {
        await Affected(world, answer);
        var user = await world.UserAsync();
        Assert.Equal(("New name", SdkWorld.OldEmail), (Text(user, "displayName"), Text(user, "email")));
    }

    public static Check Lists(params string[] names) => (_, answer) =>
    {
        var data = DataOf(answer)!.AsArray();
        Assert.All(names, name => Assert.Contains(data, item => Text(item, "name") == name));
        return Task.CompletedTask;
    };

    public static Check ListsOne(string property, string value) => (_, answer) =>
    {
        Assert.Equal(value, Text(Assert.Single(DataOf(answer)!.AsArray()), property));
        return Task.CompletedTask;
    };

    public static Task IsPagedList(SdkWorld world, SdkAnswer answer)
    {
        Assert.NotNull(DataOf(answer) as JsonArray);
        Assert.Equal(JsonValueKind.Number, answer.Json["data2"]!.GetValueKind());
        return Task.CompletedTask;
    }

    public static Task Enforces(SdkWorld world, SdkAnswer answer)
    {
        var data = DataOf(answer)!.AsArray();
        Assert.NotEmpty(data);
        Assert.All(data, v => Assert.Contains(v!.GetValueKind(), new[] { JsonValueKind.True, JsonValueKind.False }));
        return Task.CompletedTask;
    }

    public static async Task SetsPassword(SdkWorld world, SdkAnswer answer)
    {
        DataOf(answer);
        using var visitor = await Visitor.SignedInAsync(world.Tenant, SdkWorld.User, SdkWorld.NewPassword);
    }

    public static Func<SdkWorld, Task> HasPolicy(string subject) => async world =>
        Assert.Contains((await world.Application.DataAsync($"/api/get-policies?id={world.Organization}/enf"))!.AsArray(), rule => Text(rule, "V0") == subject);

    public static async Task Uploads(SdkWorld world, SdkAnswer answer)
    {
        var (address, name) = (DataOf(answer)!.GetValue<string>(), answer.Json["data2"]!.GetValue<string>());
        Assert.NotEmpty(name);
        Assert.Equal("hello", (await world.Tenant.Server.GetAsync(new Uri(address).PathAndQuery)).Text);
    }

    public static async Task GivesAccessToken(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("application/json", answer.ContentType, StringComparison.Ordinal);
        var users = await world.Tenant.Server.GetAsync("/api/get-users?owner=" + world.Organization, "Bearer " + Text(answer.Json, "access_token"));
        Assert.Equal("ok", users["status"]);
    }

    public static async Task GivesTokens(SdkWorld world, SdkAnswer answer)
    {
        Assert.True(answer.Status == 200, answer.Text);
        Assert.StartsWith("application/json", answer.ContentType, StringComparison.Ordinal);
        var tokens = answer.Json.AsObject();
        Assert.All(new[] { "access_token", "token_type", "refresh_token", "id_token", "scope" }, key => Assert.Equal(JsonValueKind.String, tokens[key]!.GetValueKind()));
        Assert.True(tokens["expires_in"]!.GetValue<int>() > 0);
        Assert.False(tokens.ContainsKey("error") || tokens.ContainsKey("code"));
        Assert.True(await world.Tenant.Server.IsGoodAsync(Text(tokens, "access_token")));
    }

    public static Task Introspects(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        var claims = answer.Json.AsObject();
        Assert.True(claims["active"]!.GetValue<bool>());
        Assert.All(claims["aud"]!.AsArray(), aud => Assert.Equal(JsonValueKind.String, aud!.GetValueKind()));
        Assert.All(new[] { "exp", "iat", "nbf" }, key => Assert.True(claims[key]!.GetValue<long>() >= 0));
        return Task.CompletedTask;
    }

    public static async Task EndsGrant(SdkWorld world, SdkAnswer answer)
    {
        await Affected(world, answer);
        Assert.True(answer.Json["data2"] is null || answer.Json["data2"]!.GetValueKind() == JsonValueKind.String);
        await IsEndedAsync(world);
    }

    public static async Task IsEndedAsync(SdkWorld world) => Assert.False(await world.Tenant.Server.IsGoodAsync(world["ACCESS"]));

    public static Task IsPage(SdkWorld world, SdkAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("text/html", answer.ContentType, StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
