using System.Net;

namespace Postern.WeChat.Sandbox;

/// <summary>A page to act as a WeChat user; it works without JavaScript.</summary>
internal static class TesterPage
{
    public static Task WriteAsync(HttpContext context, World world) => WriteAsync(context, world, null);

    public static async Task MintAsync(HttpContext context, World world)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        string appid = form["appid"].ToString(), persona = form["persona"].ToString();
        await WriteAsync(context, world, persona.Length is > 0 and <= 100 && world.Apps.ContainsKey(appid) ? world.MintCode(appid, persona) : null);
    }

    private static Task WriteAsync(HttpContext context, World world, string? code)
    {
        var apps = string.Concat(world.Apps.Keys.Order(StringComparer.Ordinal).Select(a => $"<option>{WebUtility.HtmlEncode(a)}</option>"));
        var minted = code is null ? "" : $"<p>code：<code>{WebUtility.HtmlEncode(code)}</code></p><p class=\"hint\">五分钟内有效，只能用一次。Valid for five minutes, once.</p>";
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        return context.Response.WriteAsync(
            $$"""
            <!doctype html>
            <html lang="zh">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>微信沙盒 WeChat sandbox</title>
            <style>
              body { font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1f2328; }
              label { display: block; margin: 1rem 0 .25rem; }
              input, select, button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; }
              button { margin-top: 1.25rem; background: #07803f; color: #fff; border: 0; border-radius: 6px; cursor: pointer; }
              code { background: #f0f2f4; padding: .2rem .4rem; border-radius: 4px; word-break: break-all; }
              .hint { color: #57606a; }
            </style></head>
            <body>
            <h1>微信沙盒 WeChat sandbox</h1>
            <p>这里模拟微信服务器，仅供本机开发使用；任何名字都是一个“人”。<br>This simulates WeChat for development on this machine; any name is a person.</p>
            <form method="post" action="/">
            <label for="appid">小程序 Mini Program</label><select id="appid" name="appid">{{apps}}</select>
            <label for="persona">用户 Person</label><input id="persona" name="persona" value="mei" maxlength="100" required>
            <button>获取 wx.login 的 code · Get a wx.login code</button>
            </form>
            {{minted}}
            </body></html>
            """);
    }
}
