using System.Net;
using System.Text.Json;

namespace Postern.WeChat.Sandbox.Platform;

internal static class AccessTokenRoutes
{
    public const string Token = "token";
    public const string StableToken = "stable_token";

    public static void Map(WebApplication app, WeChatPlatform platform)
    {
        app.Map("/cgi-bin/token", context => Chunked.Refused(context) ? Task.CompletedTask : TokenAsync(context, platform));
        app.Map("/cgi-bin/stable_token", context => Chunked.Refused(context) ? Task.CompletedTask : StableTokenAsync(context, platform));
    }

    private static Task TokenAsync(HttpContext context, WeChatPlatform platform)
    {
        var query = context.Request.Query;
        var request = new TokenRequest(query["grant_type"].ToString(), query["appid"].ToString(), query["secret"].ToString(), Force: false);
        return ReplyWriter.AnswerAsync(context, platform, Token, request.AppId, (_, _) =>
            Refusal(context, platform, request)
            ?? Reply.OfCgiBin($$"""{"access_token":"{{platform.Tokens.Make(request.AppId)}}","expires_in":7200}"""));
    }

    private static async Task StableTokenAsync(HttpContext context, WeChatPlatform platform)
    {
        var (errCode, request) = HttpMethods.IsPost(context.Request.Method) ? await ReadAsync(context) : (43002, TokenRequest.None);
        await ReplyWriter.AnswerAsync(context, platform, StableToken, request.AppId, (_, _) =>
        {
            if (errCode != 0)
            {
                return Reply.CgiBinError(errCode, platform.Clock);
            }

            if (Refusal(context, platform, request) is { } refusal)
            {
                return refusal;
            }

            var (token, expiresIn) = platform.StableTokens.Give(request.AppId, request.Force);
            return Reply.OfCgiBin($$"""{"access_token":"{{token}}","expires_in":{{expiresIn}}}""");
        });
    }

    private static Reply? Refusal(HttpContext context, WeChatPlatform platform, TokenRequest request)
    {
        var app = platform.Find(request.AppId);
        var caller = context.Connection.RemoteIpAddress?.MapToIPv4() ?? IPAddress.None;
        if (app is { IpWhitelist.Count: > 0 } && app.AppSecret == request.Secret && !app.IpWhitelist.Contains(caller.ToString()))
        {
            return Reply.CgiBinError(40164, platform.Clock, $"invalid ip {caller} ipv6 ::ffff:{caller}, not in whitelist");
        }

        var errCode = request.AppId.Length == 0 ? 41002
            : request.Secret.Length == 0 ? 41004
            : request.GrantType != "client_credential" ? 40002
            : app is null ? 40013
            : app.Frozen ? 40243
            : app.AppSecret != request.Secret ? 40125
            : 0;
        return errCode == 0 ? null : Reply.CgiBinError(errCode, platform.Clock);
    }

    private static async Task<(int ErrCode, TokenRequest Request)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or 0)
        {
            return (44002, TokenRequest.None);
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var root = body.RootElement;
            return (0, new TokenRequest(Text(root, "grant_type"), Text(root, "appid"), Text(root, "secret"), IsForced(root)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (47001, TokenRequest.None);
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static bool IsForced(JsonElement root) => root.TryGetProperty("force_refresh", out var value) && value.GetBoolean();

    private sealed record TokenRequest(string GrantType, string AppId, string Secret, bool Force)
    {
        public static readonly TokenRequest None = new("", "", "", Force: false);
    }
}
