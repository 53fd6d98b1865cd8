using System.Net;
using Postern.WeChat.Sandbox.Platform;

namespace Postern.WeChat.Sandbox.Control;

/// <summary>A page for a tester without curl: pick an app, name a person, get a code.</summary>
internal static class FrontPage
{
    public static void Map(WebApplication app, WeChatPlatform platform) => app.MapGet("/", context =>
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        return context.Response.WriteAsync(Page(platform.Apps), context.RequestAborted);
    });

    private static string Page(IEnumerable<SandboxApp> apps)
    {
        var options = string.Concat(apps.Select(app => $"<option>{WebUtility.HtmlEncode(app.AppId)}</option>"));
        return $$"""
            <!doctype html>
            <html lang="zh-CN">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>WeChat sandbox</title>
              <style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}label{display:block;margin:.6rem 0}</style>
            </head>
            <body>
              <h1>WeChat sandbox · 微信沙箱</h1>
              <p>A local stand-in for WeChat's servers. Anyone who opens this page can be anyone: it is for development only.</p>
              <p>这是微信服务器的本地替身,仅供开发使用:打开本页的人可以扮演任何用户。</p>
              <form method="post" action="/sandbox/code">
                <label>AppID <select name="appid">{{options}}</select></label>
                <label>Person · 用户 <input name="persona" value="alice" maxlength="64" required></label>
                <button>Get a code · 获取 code</button>
              </form>
              <p>The answer is what <code>wx.login</code> would give. 返回的内容等同于 <code>wx.login</code> 得到的 code。</p>
            </body>
            </html>
            """;
    }
}
