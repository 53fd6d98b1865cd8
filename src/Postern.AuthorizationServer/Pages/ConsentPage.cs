using System.Text.Json;
using Dapper;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Pages;

/// <summary>Asks the user whether an application may have the access it requests. It names the application that would get it, and who vouches for it.</summary>
internal static class ConsentPage
{
    public static readonly LocalizedText NotVerified = new("Not verified: anybody can register an application.", "未经验证：任何人都可以注册此应用。");

    private static readonly LocalizedText Heading = new("Allow access?", "是否允许访问？");

    /// <param name="context">Answered with the page.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="session">The user who is asked.</param>
    /// <param name="query">The request as it came: the form brings it back.</param>
    public static async Task ShowAsync(HttpContext context, AuthorizationRequest request, FoundSession session, string query)
    {
        var application = request.Application;
        var language = Languages.Of(context.Request, request.UiLocales);
        var isChinese = language == Language.Chinese;
        var (brand, body) = await context.RequestServices.GetRequiredService<Database>().ReadAsync(
            async c => (await Brand.OfAsync(c, application), await c.QuerySingleAsync<string>("select body from applications where id = @Id", new { application.Id })), context.RequestAborted);
        var name = application.IsSelfRegistered ? application.DisplayName : brand.Title;
        var host = new Uri(request.Target.RedirectUri) is { Host.Length: > 0 } uri ? uri.Authority : RedirectUris.OriginOf(request.Target.RedirectUri);
        await new Page(language, brand, Heading, Html.Of(
            $"""
            <p><strong>{name}</strong> {(isChinese ? "希望访问您的账号：" : "asks for access to your account")} <strong>{session.User.Name}</strong></p>
            {(application.IsSelfRegistered ? Html.Of($"""<p class="alert" role="alert">{NotVerified.In(language)}{(isChinese ? "请仅在您信任此网址时允许：" : " Allow it only if you trust this address:")} <strong>{host}</strong></p>""") : Html.Empty)}
            {Meanings.ListOf(ConsentWords.Of(request), application.CustomScopes, language)}
            {LinksOf(body, isChinese)}
            <p class="note">{UntilIn(application, isChinese)}</p>
            <p class="note">{(isChinese ? "随后您将前往：" : "You will then be taken to")} {host}</p>
            <form method="post" action="{Paths.Consent}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <input type="hidden" name="request" value="{query}">
            <input type="hidden" name="shown" value="{ConsentNeeds.ShownFor(request)}">
            <button name="decision" value="allow">{(isChinese ? "允许" : "Allow")}</button>
            <button class="quiet" name="decision" value="refuse">{(isChinese ? "拒绝" : "Refuse")}</button>
            </form>
            <nav><a href="{SignOutPages.Path}">{SignOutPages.Heading.In(language)}</a></nav>
            """)).WriteAsync(context);
    }

    /// <summary>What the client says about data and terms: text links which show their host. Its logo could imitate another application (decision 18).</summary>
    private static Html LinksOf(string body, bool isChinese)
    {
        using var document = JsonDocument.Parse(body);
        (string Property, string Words)[] known =
        [
            ("policyUri", isChinese ? "隐私政策" : "Privacy policy"),
            ("termsOfUse", isChinese ? "服务条款" : "Terms of service"),
        ];
        List<Html> links = [];
        foreach (var (property, words) in known)
        {
            if (document.RootElement.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
                && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0)
            {
                links.Add(Html.Of($"""<li><a href="{uri.AbsoluteUri}" target="_blank" rel="noopener noreferrer nofollow">{words} ({uri.IdnHost}{(uri.IsDefaultPort ? "" : $":{uri.Port}")})</a></li>"""));
            }
        }

        return links.Count == 0 ? Html.Empty : Html.Of(
            $"""
            <p class="note">{(isChinese ? "该应用的说明（由其自行提供）：" : "What the application says about itself:")}</p>
            <ul class="note">{Html.Join(links)}</ul>
            """);
    }

    /// <summary>For how long, in the unit that a person counts in.</summary>
    private static string UntilIn(Application application, bool isChinese)
    {
        var unused = TokenLifetimes.Refresh(application.RefreshExpireInHours);
        var (count, isDays) = unused.TotalHours >= 48 ? ((long)Math.Round(unused.TotalDays), true) : ((long)Math.Ceiling(unused.TotalHours), false);
        return isChinese
            ? $"授权在应用 {count} {(isDays ? "天" : "小时")}未使用后失效。您可随时在“您的账号”中撤销。"
            : $"It ends when the application does not use it for {count} {(isDays ? "days" : count == 1 ? "hour" : "hours")}. You can revoke it at any time in your account.";
    }
}
