using System.Text.Json;
using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth.Authorize;

namespace Postern.Server.SignIn.Pages;

/// <summary>Asks the user whether an application may have what it asks for. It says who would get it, and who vouches for them.</summary>
internal static class ConsentPage
{
    private static readonly Sentence Heading = new("Allow access?", "是否允许访问？");

    private static readonly Dictionary<string, Sentence> Meanings = new(StringComparer.Ordinal)
    {
        [Scopes.OpenId] = new("Know who you are", "识别您的身份"),
        ["profile"] = new("See your name and picture", "查看您的姓名和头像"),
        ["email"] = new("See your e-mail address", "查看您的邮箱地址"),
        ["phone"] = new("See your phone number", "查看您的手机号码"),
        ["address"] = new("See your address", "查看您的地址"),
        [Scopes.Api] = new("Read and change all that you may read and change on this server", "读取和修改您在本服务器上有权访问的全部内容"),
        [Scopes.ApiRead] = new("Read all that you may read on this server", "读取您在本服务器上有权查看的全部内容"),
        [Scopes.OfflineAccess] = new("Keep access while you are away", "在您离线时保持访问"),
    };

    public static async Task ShowAsync(HttpContext context, AuthorizationRequest request, FoundSession session)
    {
        var application = request.Application;
        var language = Languages.Of(context.Request, request.UiLocales);
        var isChinese = language == Language.Chinese;
        var brand = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Brand.OfAsync(c, application), context.RequestAborted);
        var name = application.IsSelfRegistered ? application.DisplayName : brand.Title;
        var host = new Uri(request.Target.RedirectUri) is { Host.Length: > 0 } uri ? uri.Authority : RedirectUris.OriginOf(request.Target.RedirectUri);
        await new Page(language, brand, Heading, Html.Of(
            $"""
            <p><strong>{name}</strong> {(isChinese ? "希望访问您的账号：" : "asks for access to your account")} <strong>{session.User.Name}</strong></p>
            {(application.IsSelfRegistered ? Html.Of($"""<p class="alert" role="alert">{(isChinese ? "未经验证：任何人都可以注册此应用。请仅在您信任此网址时允许：" : "Not verified: anybody can register an application. Allow it only if you trust this address:")} <strong>{host}</strong></p>""") : Html.Empty)}
            {ListOf(application, request.Requested.Scope, language)}
            <p class="note">{UntilIn(application, isChinese)}</p>
            <p class="note">{(isChinese ? "随后您将前往：" : "You will then be taken to")} {host}</p>
            <form method="post" action="{AuthorizeEndpoint.ConsentPath}">
            {context.RequestServices.GetRequiredService<FormTokens>().FieldFor(context)}
            <input type="hidden" name="request" value="{context.Request.QueryString.Value}">
            <button name="decision" value="allow">{(isChinese ? "允许" : "Allow")}</button>
            <button class="quiet" name="decision" value="refuse">{(isChinese ? "拒绝" : "Refuse")}</button>
            </form>
            <nav><a href="{SignOutPages.Path}">{SignOutPages.Heading.In(language)}</a></nav>
            """)).WriteAsync(context);
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

    /// <summary>What scopes mean, in words.</summary>
    public static Html ListOf(Application application, string scope, Language language)
    {
        var asked = Scopes.Words(scope) is { Length: > 0 } scopes ? scopes : [Scopes.OpenId];
        return Html.Of($"<ul>{Html.Join(asked.Select(one => Html.Of($"<li>{MeaningOf(application, one, language)}</li>")))}</ul>");
    }

    /// <summary>As the application's administrator described it, else in our words, else by its name.</summary>
    private static string MeaningOf(Application application, string scope, Language language)
    {
        if (Meanings.TryGetValue(scope, out var known))
        {
            return known.In(language);
        }

        using var scopes = JsonDocument.Parse(application.CustomScopes);
        foreach (var item in scopes.RootElement.ValueKind == JsonValueKind.Array ? scopes.RootElement.EnumerateArray() : default)
        {
            if (item.ValueKind == JsonValueKind.Object && Text(item, "scope") == scope)
            {
                return Text(item, "displayName") is { Length: > 0 } name
                    ? Text(item, "description") is { Length: > 0 } description ? $"{name}: {description}" : name
                    : scope;
            }
        }

        return scope;
    }

    private static string Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
