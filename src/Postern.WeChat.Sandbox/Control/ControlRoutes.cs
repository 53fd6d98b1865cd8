using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox.Control;

internal static class ControlRoutes
{
    private const int MostCodes = 100_000;
    private const int LongestName = 64;
    private const int LongestDelay = 600_000;

    public static void Map(WebApplication app, WeChatPlatform platform)
    {
        app.MapPost("/sandbox/code", context => MintAsync(context, platform));
        app.MapPost("/sandbox/apps", context => RegisterAsync(context, platform));
        app.MapPost("/sandbox/faults", context => InjectAsync(context, platform));
        app.MapDelete("/sandbox/faults", context => ClearFaults(context, platform));
        app.MapGet("/sandbox/calls", context => CallsAsync(context, platform));
        app.MapDelete("/sandbox/calls", context => ClearCalls(context, platform));
        app.MapPost("/sandbox/personas/{name}", context => ChangePersonaAsync(context, platform));
        app.MapPost("/sandbox/clock/advance", context => AdvanceAsync(context, platform));
    }

    private static async Task MintAsync(HttpContext context, WeChatPlatform platform)
    {
        var form = await FormAsync(context);
        string Given(string name) => context.Request.Query[name] is { Count: > 0 } value ? value.ToString() : form[name].ToString();

        var (appId, persona) = (Given("appid"), Given("persona").Trim());
        var count = 1;
        if (Given("count") is { Length: > 0 } text && (!int.TryParse(text, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostCodes))
        {
            await RefuseAsync(context, $"count is 1 to {MostCodes}");
        }
        else if (RefuseMint(platform, appId, persona) is { } refusal)
        {
            await RefuseAsync(context, refusal);
        }
        else
        {
            await TextAsync(context, Codes(platform, appId, persona, count));
        }
    }

    internal static string? RefuseMint(WeChatPlatform platform, string appId, string persona) =>
        platform.Find(appId) is null ? "no such appid"
        : persona.Length is 0 or > LongestName ? $"persona is a name of 1 to {LongestName} characters"
        : null;

    internal static async Task<IFormCollection> FormAsync(HttpContext context)
    {
        try
        {
            return context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        }
        catch (InvalidDataException)
        {
            // It cannot be read as a form: what is missing in it is named next.
            return FormCollection.Empty;
        }
    }

    /// <summary>One code a line; a star in the persona becomes the line's number, so that a load test gets many people at once.</summary>
    private static string Codes(WeChatPlatform platform, string appId, string persona, int count)
    {
        if (count == 1)
        {
            return platform.MintCode(appId, persona);
        }

        var lines = new StringBuilder(count * 33);
        for (var i = 0; i < count; i++)
        {
            lines.Append(platform.MintCode(appId, persona.Replace("*", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))).Append('\n');
        }

        return lines.ToString();
    }

    private static async Task RegisterAsync(HttpContext context, WeChatPlatform platform)
    {
        if (await ReadAsync(context, ControlJson.Default.SandboxApp) is not { } app)
        {
            return;
        }

        if (app.AppId is not { Length: > 0 and <= LongestName })
        {
            await RefuseAsync(context, "appId is 1 to 64 characters");
            return;
        }

        platform.Register(app);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task InjectAsync(HttpContext context, WeChatPlatform platform)
    {
        if (await ReadAsync(context, ControlJson.Default.SandboxFault) is not { } fault)
        {
            return;
        }

        if (fault.Route is not (JsCode2Session.Route or AccessTokenRoutes.Token or AccessTokenRoutes.StableToken))
        {
            await RefuseAsync(context, "route is jscode2session, token or stable_token");
            return;
        }

        if (fault.Fault is not { DelayMs: >= 0 and <= LongestDelay, Status: null or (>= 200 and <= 599) })
        {
            await RefuseAsync(context, $"fault is an object; its delayMs is 0 to {LongestDelay}, its status 200 to 599");
            return;
        }

        platform.Faults.Add(fault);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task ClearFaults(HttpContext context, WeChatPlatform platform)
    {
        platform.Faults.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task CallsAsync(HttpContext context, WeChatPlatform platform)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.Body, platform.Calls.All(), ControlJson.Default.IReadOnlyListCallCount, context.RequestAborted);
    }

    private static Task ClearCalls(HttpContext context, WeChatPlatform platform)
    {
        platform.Calls.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task ChangePersonaAsync(HttpContext context, WeChatPlatform platform)
    {
        if (await ReadAsync(context, ControlJson.Default.PersonaChange) is not { } change)
        {
            return;
        }

        platform.People.Block((string)context.Request.RouteValues["name"]!, change.Blocked);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AdvanceAsync(HttpContext context, WeChatPlatform platform)
    {
        if (!int.TryParse(context.Request.Query["seconds"], CultureInfo.InvariantCulture, out var seconds) || seconds < 0)
        {
            return RefuseAsync(context, "seconds is a whole number, 0 or more");
        }

        platform.Clock.Advance(TimeSpan.FromSeconds(seconds));
        return TextAsync(context, platform.Clock.Now.ToString("O", CultureInfo.InvariantCulture));
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var (value, refusal) = await ControlBody.ReadAsync(context.Request, type, context.RequestAborted);
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal);
        }

        return value;
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return TextAsync(context, why + "\n");
    }

    private static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
