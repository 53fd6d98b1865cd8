using System.Globalization;
using Postern.Protocol;
using Postern.WeChat;

namespace Postern.Directory.Statistics;

/// <summary>The reasons that refused sign-ins are counted under, and what each means to an administrator.</summary>
public static class FailureReasons
{
    public const string WrongPassword = "password.wrong";
    public const string LockedOut = "password.locked";
    public const string Forbidden = "forbidden";
    public const string SignUpOff = "sign_up_off";
    public const string SignInOff = "sign_in_off";
    public const string OtherOrganization = "other_organization";
    public const string Address = "address";
    public const string NotAllowed = "not_allowed";
    public const string Tag = "tag";
    public const string SecondFactor = "second_factor";
    public const string PasswordChange = "password.change";
    public const string BindingRequired = "account_binding_required";
    private const string OfWeChat = "wechat.";

    private static readonly Dictionary<string, LocalizedText> Meanings = new(StringComparer.Ordinal)
    {
        [WrongPassword] = new("Wrong user name or password.", "用户名或密码错误。"),
        [LockedOut] = new("Too many wrong passwords: the user has to wait.", "密码错误次数过多，需要等待。"),
        [Forbidden] = new("The user is forbidden to sign in.", "该用户已被禁止登录。"),
        [SignUpOff] = new("Somebody new, and the application signs nobody up.", "新用户，但应用未开放注册。"),
        [BindingRequired] = new("No account has the identity: the client was given a binding ticket.", "没有账号使用该身份：已向客户端返回绑定凭证。"),
        [SignInOff] = new("Sign-in is switched off in the application or its organization.", "应用或组织已停止登录。"),
        [OtherOrganization] = new("The user belongs to another organization than the application.", "用户不属于该应用的组织。"),
        [Address] = new("The address is not in the ipWhitelist of the application, the organization or the user.", "地址不在应用、组织或用户的 IP 白名单中。"),
        [NotAllowed] = new("A permission of the application does not allow this user.", "应用的权限不允许该用户登录。"),
        [Tag] = new("The user has none of the application's tags.", "用户没有应用所列的标签。"),
        [SecondFactor] = new("The user has or needs a second factor, which is not offered yet: sign-in by password is closed.", "用户启用或要求二次验证，暂不支持：密码登录已关闭。"),
        [PasswordChange] = new("The password must be changed before the user signs in.", "用户登录前必须修改密码。"),
        ["invalid_request"] = new("The request lacks something or names what is not there: look at the client's code.", "请求缺少参数或参数有误，请检查客户端代码。"),
        ["invalid_client"] = new("The application has no such Mini Program, or its secret was wrong.", "应用没有该小程序，或客户端密钥错误。"),
        ["invalid_grant"] = new("The proof was wrong, used or expired.", "凭证错误、已使用或已过期。"),
        ["unsupported_grant_type"] = new("The application does not allow this way of signing in.", "应用未允许该登录方式。"),
        ["temporarily_unavailable"] = new("The server or WeChat was busy; clients try again by themselves.", "服务器或微信繁忙，客户端会自动重试。"),
    };

    /// <summary>The reason that WeChat's number is counted under; 0 = no answer to take one from.</summary>
    public static string Of(int errCode) => OfWeChat + errCode.ToString(CultureInfo.InvariantCulture);

    public static LocalizedText MeaningOf(string reason)
    {
        if (Meanings.TryGetValue(reason, out var known))
        {
            return known;
        }

        if (reason.StartsWith(OfWeChat, StringComparison.Ordinal) && int.TryParse(reason.AsSpan(OfWeChat.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
        {
            var advice = WeChatErrors.Of(code).Advice;
            return new(advice.English, advice.Chinese);
        }

        return Meanings["invalid_request"];
    }
}
