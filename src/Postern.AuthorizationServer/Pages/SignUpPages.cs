using System.Data.Common;
using Postern.AuthorizationServer.Http;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>The sign-up addresses that Casdoor's libraries build. There is no sign-up: each page says so and leads to the sign-in.</summary>
public static class SignUpPages
{
    public const string Path = "/signup";

    private static readonly LocalizedText Heading = new("No sign-up here", "此处无法注册");

    private static readonly LocalizedText Explanation = new(
        "Accounts are made by an administrator, or with the first sign-in in a Mini Program.", "账号由管理员创建，或在首次登录小程序时自动创建。");

    public static void MapSignUp(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path + "/oauth/authorize", (RequestDelegate)ShowForClientAsync);
        routes.MapGet(Path + "/{application}", (RequestDelegate)ShowForApplicationAsync);
    }

    private static async Task ShowForClientAsync(HttpContext context)
    {
        var clientId = context.Request.Query["client_id"].ToString();
        await ShowAsync(context, c => Applications.FindByClientIdAsync(c, clientId), Paths.Authorize + context.Request.QueryString);
    }

    private static async Task ShowForApplicationAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["application"]!;
        await ShowAsync(context, c => Applications.FindAsync(c, name), Paths.SignIn);
    }

    private static async Task ShowAsync(HttpContext context, Func<DbConnection, Task<Application?>> find, string signIn)
    {
        var services = context.RequestServices;
        var brand = await services.GetRequiredService<Database>().ReadAsync(
            async c => await find(c) is { } application && application.IsServed(services.GetRequiredService<AuthorizationServerOptions>()) ? await Brand.OfAsync(c, application) : Brand.Ours, context.RequestAborted);
        var language = Languages.Of(context.Request, context.Request.Query["ui_locales"]);
        await new Page(language, brand, Heading, Html.Of(
            $"""
            <p role="status">{Explanation.In(language)}</p>
            <a class="button" href="{signIn}">{SignInPage.Heading.In(language)}</a>
            """)).WriteAsync(context);
    }
}
