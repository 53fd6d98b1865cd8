using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.WeChat.Sandbox;

/// <summary>WeChat's own URLs.</summary>
internal static class WeChatRoutes
{
    private const string SnsType = "text/plain";
    private const string CgiType = "application/json; encoding=utf-8";

    public static void Map(WebApplication app, World world)
    {
        app.MapGet("/sns/jscode2session", (RequestDelegate)(c => AnswerAsync(c, world, "jscode2session", SnsType, ", ", c.Request.Query["appid"], () => Code2Session(c, world))));
        // The same fields posted as a form are not read (section 1.1).
        app.MapPost("/sns/jscode2session", (RequestDelegate)(c => AnswerAsync(c, world, "jscode2session", SnsType, ", ", null, () => Refusal(41002))));
        app.MapGet("/cgi-bin/token", (RequestDelegate)(c => AnswerAsync(c, world, "token", CgiType, " ", c.Request.Query["appid"], () => PlainToken(c, world))));
        app.MapGet("/cgi-bin/stable_token", (RequestDelegate)(c => AnswerAsync(c, world, "stable_token", CgiType, " ", null, () => Refusal(43002))));
        app.MapPost("/cgi-bin/stable_token", (RequestDelegate)(c => StableTokenAsync(c, world)));
    }

    private static JsonObject Refusal(int errCode) => new() { ["errcode"] = errCode };

    private static JsonObject Code2Session(HttpContext context, World world)
    {
        var query = context.Request.Query;
        string appid = query["appid"].ToString(), secret = query["secret"].ToString(), code = query["js_code"].ToString();
        var refused = appid.Length == 0 ? 41002 : secret.Length == 0 ? 41004 : code.Length == 0 ? 41008 : CheckApp(world, appid, secret, out _);
        if (refused == 0 && query["grant_type"] != "authorization_code")
        {
            refused = 40002;
        }

        if (refused != 0 || (refused = world.Redeem(appid, code, out var persona)) != 0)
        {
            return Refusal(refused);
        }

        var answer = new JsonObject { ["session_key"] = world.SessionKey(appid, persona), ["openid"] = World.OpenId(appid, persona) };
        if (world.Apps[appid].OpenPlatform is { } platform)
        {
            answer["unionid"] = World.UnionId(platform, persona);
        }

        return answer;
    }

    private static JsonObject PlainToken(HttpContext context, World world)
    {
        var query = context.Request.Query;
        var refused = CheckTokenCall(context, world, query["grant_type"].ToString(), query["appid"].ToString(), query["secret"].ToString());
        return refused != 0 ? Refusal(refused) : TokenAnswer(world.Tokens.Plain(query["appid"].ToString()));
    }

    private static async Task StableTokenAsync(HttpContext context, World world)
    {
        // Chunked bodies never get past WeChat's gateway (section 0.1).
        if (context.Request.ContentLength is null)
        {
            context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
            return;
        }

        JsonObject? body = null;
        var refused = context.Request.ContentLength == 0 ? 44002 : 0;
        try
        {
            body = refused == 0 ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject : null;
        }
        catch (JsonException)
        {
            refused = 47001;
        }

        string Text(string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
        var force = body?["force_refresh"] is JsonValue flag && flag.TryGetValue<bool>(out var isForced) && isForced;
        refused = refused != 0 ? refused : body is null ? 47001 : CheckTokenCall(context, world, Text("grant_type"), Text("appid"), Text("secret"));
        await AnswerAsync(context, world, "stable_token", CgiType, " ", Text("appid"), () => refused != 0 ? Refusal(refused) : TokenAnswer(world.Tokens.Stable(Text("appid"), force)));
    }

    private static JsonObject TokenAnswer((string Token, int ExpiresIn) token) => new() { ["access_token"] = token.Token, ["expires_in"] = token.ExpiresIn };

    private static int CheckTokenCall(HttpContext context, World world, string grantType, string appid, string secret)
    {
        if (grantType != "client_credential")
        {
            return 40002;
        }

        var refused = appid.Length == 0 ? 41002 : secret.Length == 0 ? 41004 : CheckApp(world, appid, secret, out _);
        return refused != 0 ? refused
            : world.Apps[appid].IpWhitelist is { Count: > 0 } allowed && !allowed.Contains(context.Connection.RemoteIpAddress?.ToString()) ? 40164
            : 0;
    }

    private static int CheckApp(World world, string appid, string secret, out SandboxApp? app) =>
        !world.Apps.TryGetValue(appid, out app) ? 40013 : app.AppSecret != secret ? 40125 : app.Frozen ? 40243 : 0;

    private static async Task AnswerAsync(HttpContext context, World world, string route, string type, string ridGap, string? appid, Func<JsonObject> process)
    {
        world.Count(route, appid);
        var fault = world.Faults.Next(route, appid);
        if (fault?.DelayMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.DelayMs), world.Clock, context.RequestAborted);
        }

        if (fault?.Cut == "before")
        {
            context.Abort();
            return;
        }

        var answer = fault?.ErrCode is { } errCode ? Refusal(errCode) : process();
        if (answer["errcode"] is { } number)
        {
            answer["errmsg"] = $"{ErrMessages.Of((int)number)}{ridGap}rid: {world.Rid()}";
        }

        if (fault?.Cut == "after")
        {
            context.Abort();
            return;
        }

        context.Response.ContentType = type;
        await (fault is null ? WriteAsync(context, Encoding.UTF8.GetBytes(answer.ToJsonString())) : FaultyAnswers.WriteAsync(context, world, fault, answer.ToJsonString()));
    }

    internal static Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
