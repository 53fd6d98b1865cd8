using System.Net;
using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox.Control;

/// <summary>A page for a tester without curl: pick an app, name a person, get a code. It works without scripts.</summary>
internal static class FrontPage
{
    private const string Style =
        "body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
        + "label{display:block;margin:.8rem 0 .2rem;font-weight:600}select,input,button{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box}"
        + "button{margin-top:1rem;width:auto}pre{background:#f2f2f2;padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}"
        + "[role=alert]{border-left:4px solid #b00020;padding:.4rem .8rem}";

    public static void Map(WebApplication app, WeChatPlatform platform)
    {
        app.MapGet("/", context => WriteAsync(context, "", Form(platform.Apps, SandboxApp.Demo.AppId, "alice")));
        app.MapPost("/", context => MintAsync(context, platform));
    }

    private static async Task MintAsync(HttpContext context, WeChatPlatform platform)
    {
        var form = await ControlRoutes.FormAsync(context);
        var (appId, persona) = (form["appid"].ToString(), form["persona"].ToString().Trim());
        if (ControlRoutes.RefuseMint(platform, appId, persona) is { } refusal)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, $"""<p role="alert">That does not work: {Html(refusal)}. 无法获取 code，请检查 AppID 与用户名。</p>""", Form(platform.Apps, appId, persona));
            return;
        }

        await WriteAsync(context, Result(context, platform.Find(appId)!, persona, platform.MintCode(appId, persona)), Form(platform.Apps, appId, persona));
    }

    private static string Result(HttpContext context, SandboxApp app, string persona, string code)
    {
        // The guard has let loopback names through only.
        var origin = $"{context.Request.Scheme}://{context.Request.Host}";
        var again = $"curl -X POST {Shell(origin + "/sandbox/code")} --data-urlencode {Shell("appid=" + app.AppId)} --data-urlencode {Shell("persona=" + persona)}";
        var exchange = $"curl {Shell($"{origin}/sns/jscode2session?appid={Uri.EscapeDataString(app.AppId)}&secret={Uri.EscapeDataString(app.AppSecret)}&js_code={code}&grant_type=authorization_code")}";
        return $"""
            <section aria-labelledby="result">
              <h2 id="result">The code of {Html(persona)} · {Html(persona)} 的 code</h2>
              <pre id="code" tabindex="0">{code}</pre>
              <p>It is what <code>wx.login</code> would give: good once, for five minutes. 等同于 <code>wx.login</code> 的结果，五分钟内一次有效。</p>
              <h3>Exchange it as a server does · 像服务器一样兑换</h3>
              <pre tabindex="0">{Html(exchange)}</pre>
              <h3>Another code from a terminal · 在终端获取新的 code</h3>
              <pre tabindex="0">{Html(again)}</pre>
            </section>
            """;
    }

    private static string Form(IEnumerable<SandboxApp> apps, string chosen, string persona)
    {
        var options = string.Concat(apps.Select(app => $"<option{(app.AppId == chosen ? " selected" : "")}>{Html(app.AppId)}</option>"));
        return $"""
            <form method="post" action="/">
              <label for="appid">Mini Program (AppID) · 小程序</label>
              <select id="appid" name="appid">{options}</select>
              <label for="persona">Person · 用户</label>
              <input id="persona" name="persona" value="{Html(persona)}" maxlength="64" required autocomplete="off">
              <button>Get a code · 获取 code</button>
            </form>
            """;
    }

    private static Task WriteAsync(HttpContext context, string above, string form)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="zh-CN">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>WeChat sandbox · 微信沙箱</title>
              <style>{Style}</style>
            </head>
            <body>
            <main>
              <h1>WeChat sandbox · 微信沙箱</h1>
              <p>A local stand-in for WeChat's servers. Anyone who opens this page can be anyone: it is for development only.</p>
              <p>这是微信服务器的本地替身，仅供开发使用：打开本页的人可以扮演任何用户。</p>
              {above}
              {form}
            </main>
            </body>
            </html>
            """, context.RequestAborted);
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Shell(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
