using System.Collections.Frozen;

namespace Postern.WeChat;

/// <summary>
/// WeChat's error codes: the one table. What decides by a number, what counts it, what advises an administrator and docs/design/errors.md
/// all read it here. A code is added by one row.
/// </summary>
public static class WeChatErrors
{
    public const int NoAnswer = 0;
    public const int SystemBusy = -1;
    public const int InvalidCredential = 40001;
    public const int InvalidAppId = 40013;
    public const int InvalidCode = 40029;
    public const int InvalidAppSecret = 40125;
    public const int CodeUsed = 40163;
    public const int AddressNotListed = 40164;
    public const int CodeBlocked = 40226;
    public const int AppSecretFrozen = 40243;
    public const int AppIdMissing = 41002;
    public const int AppSecretMissing = 41004;
    public const int CodeMissing = 41008;
    public const int SecondLimit = 44990;
    public const int DayLimit = 45009;
    public const int MinuteLimit = 45011;
    public const int AddressUnconfirmed = 89503;

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(3);

    // The same request would be refused for ever, so a phone must not be told to try again.
    private static readonly WeChatText s_malformed = new(
        "WeChat found our request malformed. Nothing in the console at mp.weixin.qq.com mends this: check wechatEndpoint and any proxy between, then report the error number and rid.",
        "微信认为请求格式有误,在 mp.weixin.qq.com 后台无法修复:请检查 wechatEndpoint 及中间代理,并反馈错误码和 rid。");

    public static IReadOnlyList<WeChatError> All { get; } =
    [
        new(NoAnswer, "", WeChatFailureKind.Busy, new("WeChat gave no usable answer: a time-out, a broken connection or an error of its gateway.", "微信没有给出可用答复：超时、连接中断或网关错误。")),
        new(SystemBusy, "system error", WeChatFailureKind.Busy, new("WeChat was busy.", "微信系统繁忙。")),
        new(InvalidCredential, "invalid credential", WeChatFailureKind.Misconfigured, new("The AppSecret or the access token is wrong.", "AppSecret 或 access_token 错误。"))
        {
            Remedy = new(
                "The AppSecret does not fit the appid. Copy it again from mp.weixin.qq.com > Development > Development management > Development settings > AppSecret into the provider's clientSecret.",
                "AppSecret 与 AppID 不匹配。请到 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」重新取得 AppSecret,填入提供商的 clientSecret。"),
        },
        new(40002, "invalid grant_type", WeChatFailureKind.Misconfigured, new("The grant type is not allowed.", "不支持该 grant_type。"))
        {
            Remedy = s_malformed,
        },
        new(InvalidAppId, "invalid appid", WeChatFailureKind.Misconfigured, new("WeChat does not know this AppID.", "微信不认识该 AppID。"))
        {
            Remedy = new(
                "WeChat does not know this appid. Compare the provider's clientId, letter case included, with the AppID on mp.weixin.qq.com > Development > Development management > Development settings.",
                "微信不认识这个 AppID。请把提供商的 clientId(区分大小写)与 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppID 核对。"),
        },
        new(InvalidCode, "invalid code", WeChatFailureKind.CodeRefused, new("The code was wrong, expired, or of another Mini Program: compare the AppID of the provider with that of the Mini Program.", "code 无效、已过期或属于其他小程序：请核对提供商与小程序的 AppID。")),
        new(40097, "invalid args", WeChatFailureKind.Misconfigured, new("An argument is invalid.", "参数无效。"))
        {
            Remedy = s_malformed,
        },
        new(InvalidAppSecret, "invalid appsecret", WeChatFailureKind.Misconfigured, new("The AppSecret is wrong.", "AppSecret 错误。"))
        {
            Remedy = new(
                "The AppSecret is wrong or was reset. Make a new one on mp.weixin.qq.com > Development > Development management > Development settings and put it into the provider's clientSecret.",
                "AppSecret 错误或已被重置。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」重置 AppSecret,并更新提供商的 clientSecret。"),
        },
        new(CodeUsed, "code been used", WeChatFailureKind.CodeRefused, new("A code was used twice: the client must call wx.login for each sign-in.", "code 被重复使用：客户端每次登录都应调用 wx.login。")),
        new(AddressNotListed, "invalid ip", WeChatFailureKind.Misconfigured, new("This server's address is not on WeChat's IP white list.", "本服务器地址不在微信 IP 白名单中。"))
        {
            Remedy = new(
                "This server's address is not on the IP whitelist. Add its public address on mp.weixin.qq.com > Development > Development management > Development settings > IP whitelist.",
                "本服务器的出口 IP 不在白名单中。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > IP 白名单」加入该地址。"),
        },
        new(CodeBlocked, "code blocked", WeChatFailureKind.RiskyUser, new("WeChat blocks this user as risky.", "微信将该用户判定为高风险并拦截。")),
        new(AppSecretFrozen, "appsecret is frozen", WeChatFailureKind.Misconfigured, new("The AppSecret is frozen.", "AppSecret 已被冻结。"))
        {
            Remedy = new(
                "The AppSecret is frozen. Unfreeze it on mp.weixin.qq.com > Development > Development management > Development settings > AppSecret.",
                "AppSecret 已被冻结。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > AppSecret」解冻。"),
        },
        new(AppIdMissing, "appid missing", WeChatFailureKind.Misconfigured, new("The AppID is empty.", "AppID 为空。"))
        {
            Remedy = new(
                "The appid is empty. Fill in the provider's clientId with the AppID from mp.weixin.qq.com > Development > Development management > Development settings.",
                "AppID 为空。请把 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppID 填入提供商的 clientId。"),
        },
        new(AppSecretMissing, "appsecret missing", WeChatFailureKind.Misconfigured, new("The AppSecret is empty.", "AppSecret 为空。"))
        {
            Remedy = new(
                "The AppSecret is empty. Fill in the provider's clientSecret with the AppSecret from mp.weixin.qq.com > Development > Development management > Development settings.",
                "AppSecret 为空。请把 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppSecret 填入提供商的 clientSecret。"),
        },
        new(CodeMissing, "missing code", WeChatFailureKind.CodeRefused, new("The request held no code: the client must send the code of wx.login.", "请求中没有 code：客户端应发送 wx.login 返回的 code。")),
        new(43001, "require GET method", WeChatFailureKind.Misconfigured, new("The interface must be called with GET.", "该接口必须使用 GET 请求。"))
        {
            Remedy = s_malformed,
        },
        new(43002, "require POST method", WeChatFailureKind.Misconfigured, new("The interface must be called with POST.", "该接口必须使用 POST 请求。"))
        {
            Remedy = s_malformed,
        },
        new(43003, "require https", WeChatFailureKind.Misconfigured, new("The interface must be called with HTTPS.", "该接口必须使用 HTTPS。"))
        {
            Remedy = s_malformed,
        },
        new(44002, "empty post data", WeChatFailureKind.Misconfigured, new("The body of the request is empty.", "请求体为空。"))
        {
            Remedy = s_malformed,
        },
        new(SecondLimit, "reach max api second frequence limit", WeChatFailureKind.Busy, new("Too many calls in one second.", "一秒钟内调用过于频繁。"))
        {
            RetryAfter = _ => TimeSpan.FromSeconds(1),
        },
        new(DayLimit, "reach max api daily quota limit", WeChatFailureKind.Busy, new("The day's quota at WeChat is used up.", "微信当日调用额度已用完。"))
        {
            // An hour is how soon the server notices that an operator cleared the quota.
            RetryAfter = _ => TimeSpan.FromHours(1),
        },
        new(MinuteLimit, "api minute-quota reach limit", WeChatFailureKind.Busy, new("Too many calls in one minute.", "一分钟内调用过于频繁。"))
        {
            RetryAfter = now => TimeSpan.FromSeconds(60 - now.Second),
        },
        new(47001, "data format error", WeChatFailureKind.Misconfigured, new("The body of the request is malformed.", "请求体格式错误。"))
        {
            Remedy = s_malformed,
        },
        new(48001, "api unauthorized", WeChatFailureKind.Misconfigured, new("The account has no permission for this interface.", "该账号没有此接口的权限。"))
        {
            Remedy = new(
                "The account has no permission for this interface. Check on mp.weixin.qq.com > Development > Development management > Interface settings, and whether the account is verified.",
                "该账号没有此接口的权限。请在 mp.weixin.qq.com「开发 > 开发管理 > 接口设置」检查权限,并确认账号已完成认证。"),
        },
        new(48004, "api forbidden", WeChatFailureKind.Misconfigured, new("WeChat has banned this interface for the account.", "该账号的此接口已被微信封禁。"))
        {
            Remedy = new(
                "WeChat has banned this interface for the account. Read the notice on mp.weixin.qq.com > Notification centre and appeal there.",
                "该账号的此接口已被微信封禁。请在 mp.weixin.qq.com「通知中心」查看原因并申诉。"),
        },
        new(50002, "user limited", WeChatFailureKind.Misconfigured, new("WeChat has restricted the account.", "该账号已被微信限制。"))
        {
            Remedy = new(
                "WeChat has restricted the account. Read the notice on mp.weixin.qq.com > Notification centre.",
                "该账号已被微信限制。请在 mp.weixin.qq.com「通知中心」查看原因。"),
        },
        new(50004, "token api forbidden", WeChatFailureKind.Misconfigured, new("The account may not ask for access tokens.", "该账号不允许获取 access_token。"))
        {
            Remedy = new(
                "The account may not ask for access tokens. Check its type and verification on mp.weixin.qq.com > Settings > Basic settings.",
                "该账号不允许获取 access_token。请在 mp.weixin.qq.com「设置 > 基本设置」检查账号类型和认证状态。"),
        },
        new(50007, "account frozen", WeChatFailureKind.Misconfigured, new("WeChat has frozen the account.", "该账号已被微信冻结。"))
        {
            Remedy = new(
                "WeChat has frozen the account. Read the notice on mp.weixin.qq.com > Notification centre and follow it.",
                "该账号已被微信冻结。请在 mp.weixin.qq.com「通知中心」按提示处理。"),
        },
        new(AddressUnconfirmed, "this ip is not in whitelist", WeChatFailureKind.Misconfigured, new("An administrator of the Mini Program must confirm this server's address.", "需要小程序管理员确认本服务器的 IP。"))
        {
            Remedy = new(
                "An administrator of the Mini Program must confirm this server's address. Answer WeChat's message on the administrator's phone, then check mp.weixin.qq.com > Development > Development management > Development settings > IP whitelist.",
                "需要小程序管理员确认本服务器的 IP。请管理员在手机微信中确认,然后检查 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > IP 白名单」。"),
        },
    ];

    private static readonly WeChatText s_unknown = new(
        "This number is not known to us. Look it up at developers.weixin.qq.com > global return codes; where it names no limit that passes by itself, report the number and rid.",
        "此错误码未收录。请在 developers.weixin.qq.com「全局返回码」查询其含义;若不是会自行解除的限制,请反馈错误码和 rid。");

    private static readonly FrozenDictionary<int, WeChatError> s_byNumber = All.ToFrozenDictionary(error => error.Number);

    /// <summary>
    /// The row of a number. WeChat adds limits and precautions without notice, so a number without a row is treated as a limit:
    /// "later, with a fresh code" ends a limit and does no harm otherwise. The number is in the log for the operator.
    /// </summary>
    public static WeChatError Of(int number) => s_byNumber.GetValueOrDefault(number) ?? new(number, "", WeChatFailureKind.Busy, s_unknown);

    public static bool IsKnown(int number) => s_byNumber.ContainsKey(number);

    internal static WeChatFailure ToFailure(int number, string rid, DateTimeOffset now)
    {
        var error = Of(number);
        var what = error.Kind switch
        {
            WeChatFailureKind.CodeRefused => "WeChat refused the code",
            WeChatFailureKind.RiskyUser => "WeChat blocks this user's sign-in",
            WeChatFailureKind.Misconfigured => "WeChat refused our request or credentials",
            _ when !IsKnown(number) => "WeChat refused with a number that we do not know",
            _ => "WeChat is busy or a limit is reached",
        };
        var reason = rid.Length == 0 ? $"{what} ({number})" : $"{what} ({number}), rid {rid}";
        return new WeChatFailure(error.Kind, number, reason, error.Kind == WeChatFailureKind.Busy ? error.RetryAfter?.Invoke(now) ?? s_soon : null);
    }

    internal static WeChatFailure Unanswered(string reason) => new(WeChatFailureKind.Busy, NoAnswer, reason, s_soon);
}
