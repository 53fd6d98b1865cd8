using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Pages;
using Postern.Protocol;

namespace Postern.Server.AdminConsole;

/// <summary>In the place of a console that was not built: the server works without, and says how to get it.</summary>
internal static class NoConsolePage
{
    private static readonly LocalizedText Heading = new("The server runs, without its console", "服务器运行正常，但没有控制台");

    public static Task WriteAsync(HttpContext context)
    {
        var language = Languages.Of(context.Request);
        return new Page(language, Brand.Ours, Heading, language == Language.Chinese ? Chinese : English).WriteAsync(context);
    }

    private static Html English => Html.Of(
        $"""
        <p>Sign-in, the API and the pages of <a href="{AccountPages.Path}">your account</a> work. The console for administrators is built by Node.js, which was not there when this server was built.</p>
        <p>To get it, install Node.js 20 or later, then build or publish the server again:</p>
        <p><code>dotnet publish src/Postern.Server -c Release -o /opt/postern</code></p>
        """);

    private static Html Chinese => Html.Of(
        $"""
        <p>登录、API 和<a href="{AccountPages.Path}">个人账号页</a>均可使用。管理控制台需要 Node.js 来构建，而构建本服务器时没有找到它。</p>
        <p>请安装 Node.js 20 或更高版本，然后重新构建或发布服务器：</p>
        <p><code>dotnet publish src/Postern.Server -c Release -o /opt/postern</code></p>
        """);
}
