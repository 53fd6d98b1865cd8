using System.Data.Common;
using System.Globalization;
using Dapper;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.Statistics;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Whether a sign-in through the provider is possible, whether it may create a user, and how long its tokens live.</summary>
internal static class ApplicationChecks
{
    private static readonly TimeSpan LongLife = TimeSpan.FromHours(24);

    /// <param name="connection">To read with.</param>
    /// <param name="provider">The Mini Program.</param>
    /// <param name="named">The application to judge; null = whichever names the provider.</param>
    public static async Task<(IReadOnlyList<Check> Checks, Application? Application)> RunAsync(DbConnection connection, Provider provider, Application? named)
    {
        var application = named ?? await UserOfAsync(connection, provider);
        // An organization's own provider is no other organization's, whatever its applications list.
        var isReachable = application is not null && (provider.Owner == "admin" || provider.Owner == application.Organization);
        var canSignUp = isReachable ? MiniProgramProviders.CanSignUp(application!.Providers, provider.Name) : null;
        if (application is null || canSignUp is null)
        {
            return ([new("application", CheckState.Wrong, new("No application lets this Mini Program in.", "没有应用接入该小程序。"))
            {
                Value = named?.Name ?? "",
                Remedy = new("Add the provider to an application: under Sign-in, Providers.", "请在应用的“登录”中添加该提供商。"),
            }], null);
        }

        return ([OfApplication(application), OfSignUp(application, canSignUp.Value), OfLifetime(application), await OfAddressesAsync(connection, application)], application);
    }

    private static Check OfApplication(Application application) =>
        application.DisableSignin || application.OrganizationDisablesSignin
            ? new("application", CheckState.Wrong, new("Sign-in is switched off.", "登录已关闭。"))
            {
                Value = application.Name,
                Remedy = new("Switch it on again in the application or in its organization.", "请在应用或其组织中重新开启登录。"),
            }
            : new("application", CheckState.Ok, new("The application lets this Mini Program in.", "应用已接入该小程序。")) { Value = application.Name };

    private static Check OfSignUp(Application application, bool canSignUp) =>
        application.Organization == Organizations.BuiltIn
            ? new("signUp", CheckState.Wrong, new("The application belongs to built-in, where nobody is ever signed up: its administrators rule the installation.", "应用属于 built-in，任何人都不会在那里注册：其管理员管理整个系统。"))
            {
                Remedy = new("Make an organization for your users and move the application there.", "请为用户新建组织，并将应用移到该组织。"),
            }
            : application.EnableSignUp && canSignUp
                ? new("signUp", CheckState.Ok, new("Who comes for the first time gets an account.", "首次登录的用户会自动获得账号。"))
                : new("signUp", CheckState.Warning, new("Only people who have an account already can sign in.", "只有已有账号的用户可以登录。"))
                {
                    Remedy = new("To let new people in, switch on sign-up in the application and for this provider in it.", "如需允许新用户，请开启应用的注册，以及其中该提供商的“可注册”。"),
                };

    private static Check OfLifetime(Application application)
    {
        var life = TokenLifetimes.Access(application.ExpireInHours);
        var value = ((long)life.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return life > LongLife
            ? new("tokenLifetime", CheckState.Warning, new("Access tokens live for more than a day.", "访问令牌有效期超过一天。"))
            {
                Value = value,
                Remedy = new("An API of yours that only verifies signatures accepts a banned user's token until it ends. Two hours are enough: refresh tokens renew it.", "只验证签名的 API 会一直接受被禁用户的令牌直到过期。两小时即可，刷新令牌会自动续期。"),
            }
            : new("tokenLifetime", CheckState.Ok, new("Access tokens end soon and are renewed by refresh tokens.", "访问令牌很快过期，由刷新令牌续期。")) { Value = value };
    }

    private static async Task<Check> OfAddressesAsync(DbConnection connection, Application application) =>
        await QueryCredentialUse.LastAsync(connection, application.Id) is { } last
            ? new("credentialsInQuery", CheckState.Warning, new("A program of this application sends its secret or a token in addresses.", "该应用的程序在网址中发送密钥或令牌。"))
            {
                Value = Rfc3339.Of(last),
                Remedy = new(
                    "Proxies write addresses into their logs. Send the credentials in the Authorization header, then set credentialsInQuery = refuse in conf/app.conf.",
                    "代理服务器会将网址写入日志。请改用 Authorization 请求头发送，然后在 conf/app.conf 中设置 credentialsInQuery = refuse。"),
            }
            : new("credentialsInQuery", CheckState.Ok, new("No credentials came in addresses.", "未发现网址中的密钥或令牌。"));

    /// <summary>The oldest application whose list names it. The lists are JSON: the database sifts them by their text, and the list itself decides.</summary>
    private static async Task<Application?> UserOfAsync(DbConnection connection, Provider provider)
    {
        // JSON may escape other characters, and "_" matches any character in a pattern, which lets too many pass and never too few.
        var text = provider.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"%{provider.Name}%" : "%";
        var candidates = await connection.QueryAsync<(string Name, string Providers)>(
            """
            select name, providers from applications
            where (@Owner = 'admin' or organization = @Owner) and not is_self_registered and providers like @text
            order by created_time, id
            """, new { provider.Owner, text });
        var name = candidates.FirstOrDefault(c => MiniProgramProviders.CanSignUp(c.Providers, provider.Name) is not null).Name;
        return name is null ? null : await Applications.FindAsync(connection, name);
    }
}
