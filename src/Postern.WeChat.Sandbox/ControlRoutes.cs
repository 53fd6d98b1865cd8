using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.WeChat.Sandbox;

/// <summary>What a tester moves: codes, apps, people, faults, the clock. Whoever reaches it can be anyone.</summary>
internal static class ControlRoutes
{
    public static void Map(WebApplication app, World world)
    {
        app.MapGet("/", (RequestDelegate)(context => GuardedAsync(context, () => TesterPage.WriteAsync(context, world))));
        app.MapPost("/", (RequestDelegate)(context => GuardedAsync(context, () => TesterPage.MintAsync(context, world))));
        app.MapPost("/sandbox/code", (RequestDelegate)(context => GuardedAsync(context, () => MintAsync(context, world))));
        app.MapPost("/sandbox/apps", (RequestDelegate)(context => GuardedAsync(context, async () =>
        {
            if (await ReadAsync(context, SandboxJson.Default.SandboxApp) is { } registered)
            {
                world.Register(registered);
            }
        })));
        app.MapPost("/sandbox/faults", (RequestDelegate)(context => GuardedAsync(context, async () =>
        {
            if (await ReadAsync(context, SandboxJson.Default.PlannedFault) is { } planned)
            {
                world.Faults.Add(planned.Route, planned.AppId, planned.Times, planned.Fault);
            }
        })));
        app.MapDelete("/sandbox/faults", (RequestDelegate)(context => GuardedAsync(context, () =>
        {
            world.Faults.Clear();
            return Task.CompletedTask;
        })));
        app.MapPost("/sandbox/personas/{name}/block", (RequestDelegate)(context => GuardedAsync(context, () =>
        {
            world.Blocked[(string)context.Request.RouteValues["name"]!] = true;
            return Task.CompletedTask;
        })));
        app.MapPost("/sandbox/personas/{name}/unblock", (RequestDelegate)(context => GuardedAsync(context, () =>
        {
            world.Blocked.TryRemove((string)context.Request.RouteValues["name"]!, out _);
            return Task.CompletedTask;
        })));
        app.MapPost("/sandbox/clock/advance", (RequestDelegate)(context => GuardedAsync(context, () =>
        {
            if (int.TryParse(context.Request.Query["seconds"], out var seconds) && seconds > 0)
            {
                world.Advance(TimeSpan.FromSeconds(seconds));
                return Task.CompletedTask;
            }

            return RefuseAsync(context, "seconds must be a whole number above 0");
        })));
        app.MapGet("/sandbox/calls", (RequestDelegate)(context => GuardedAsync(context, () =>
            context.Response.WriteAsync(JsonSerializer.Serialize(world.Calls(), SandboxJson.Default.IReadOnlyDictionaryStringInt64)))));
    }

    /// <summary>A web page of somebody else's, open in the tester's browser, must not mint codes: not by a form, not by DNS rebinding.</summary>
    private static async Task GuardedAsync(HttpContext context, Func<Task> route)
    {
        var request = context.Request;
        var isOurs = request.Host.Host is "localhost" || (IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        var origin = request.Headers.Origin.ToString();
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (!isOurs || (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") || site is not ("" or "same-origin" or "none"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("The sandbox answers this machine only.\n");
            return;
        }

        await route();
    }

    private static Task MintAsync(HttpContext context, World world)
    {
        var query = context.Request.Query;
        var appid = query["appid"].FirstOrDefault() ?? SandboxApp.Demo.AppId;
        var persona = query["persona"].ToString();
        return persona.Length is 0 or > 100 ? RefuseAsync(context, "persona is missing: any name is a person")
            : !world.Apps.ContainsKey(appid) ? RefuseAsync(context, "the appid is not registered: POST /sandbox/apps")
            : context.Response.WriteAsync(world.MintCode(appid, persona));
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } read)
            {
                return read;
            }
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, e.Message);
            return null;
        }

        await RefuseAsync(context, "the body is null");
        return null;
    }

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync(reason + "\n");
    }
}

internal sealed record PlannedFault(string Route, string? AppId, int Times, Fault Fault);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(SandboxApp))]
[JsonSerializable(typeof(PlannedFault))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
internal sealed partial class SandboxJson : JsonSerializerContext;
