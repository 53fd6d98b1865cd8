using System.Security.Cryptography;
using System.Text;

namespace Postern.WeChat.Sandbox.Platform;

/// <summary>The cheapest route that needs an access token, so that a superseded or expired one shows (sections 2.1, 3).</summary>
internal static class CheckSession
{
    private const string Route = "checksession";

    public static void Map(WebApplication app, WeChatPlatform platform) =>
        app.Map("/wxa/checksession", context => Chunked.Refused(context)
            ? Task.CompletedTask
            : ReplyWriter.AnswerAsync(context, platform, Route, "-", Process));

    private static Reply Process(HttpContext context, WeChatPlatform platform)
    {
        var query = context.Request.Query;
        var token = query["access_token"].ToString();
        var (errCode, app) = OwnerOf(platform, token);
        if (token.Length == 0)
        {
            errCode = 41001;
        }

        if (errCode == 0)
        {
            errCode = Verdict(platform, app!, query["openid"].ToString(), query["signature"].ToString(), query["sig_method"].ToString());
        }

        return errCode == 0 ? Reply.OfCgiBin("""{"errcode":0,"errmsg":"ok"}""") : Reply.CgiBinError(errCode, platform.Clock);
    }

    private static (int ErrCode, SandboxApp? App) OwnerOf(WeChatPlatform platform, string token)
    {
        var worst = 40001;
        foreach (var app in platform.Apps)
        {
            var plain = platform.Tokens.Verdict(app.AppId, token);
            var stable = platform.StableTokens.Verdict(app.AppId, token);
            if (plain == 0 || stable == 0)
            {
                return (0, app);
            }

            if (plain == 42001 || stable == 42001)
            {
                worst = 42001;
            }
        }

        return (worst, null);
    }

    private static int Verdict(WeChatPlatform platform, SandboxApp app, string openId, string signature, string method)
    {
        if (openId.Length == 0)
        {
            return 41009;
        }

        if (method != "hmac_sha256")
        {
            return 87008;
        }

        if (!openId.StartsWith(People.OpenId(app.AppId, "")[..6], StringComparison.Ordinal))
        {
            return 40003;
        }
        // The key is the text as it stands, not what its base64 means.
        return platform.SessionKeys.Current(app.AppId, openId) is { } key
            && signature == Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Array.Empty<byte>())) ? 0 : 87009;
    }
}
