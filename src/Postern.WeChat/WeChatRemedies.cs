using System.Collections.Frozen;

namespace Postern.WeChat;

/// <summary>What to mend, and where, when WeChat refuses us rather than the user.</summary>
public sealed record WeChatRemedy(string English, string Chinese);

public static class WeChatRemedies
{
    public static FrozenDictionary<int, WeChatRemedy> All { get; } = new Dictionary<int, WeChatRemedy>
    {
        [40001] = new(
            "The AppSecret does not fit the appid. Copy it again from mp.weixin.qq.com > Development > Development management > Development settings > AppSecret into the provider's clientSecret.",
            "AppSecret 与 AppID 不匹配。请到 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」重新取得 AppSecret,填入提供商的 clientSecret。"),
        [40013] = new(
            "WeChat does not know this appid. Compare the provider's clientId, letter case included, with the AppID on mp.weixin.qq.com > Development > Development management > Development settings.",
            "微信不认识这个 AppID。请把提供商的 clientId(区分大小写)与 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppID 核对。"),
        [40125] = new(
            "The AppSecret is wrong or was reset. Make a new one on mp.weixin.qq.com > Development > Development management > Development settings and put it into the provider's clientSecret.",
            "AppSecret 错误或已被重置。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」重置 AppSecret,并更新提供商的 clientSecret。"),
        [40164] = new(
            "This server's address is not on the IP whitelist. Add its public address on mp.weixin.qq.com > Development > Development management > Development settings > IP whitelist.",
            "本服务器的出口 IP 不在白名单中。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > IP 白名单」加入该地址。"),
        [40243] = new(
            "The AppSecret is frozen. Unfreeze it on mp.weixin.qq.com > Development > Development management > Development settings > AppSecret.",
            "AppSecret 已被冻结。请在 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > AppSecret」解冻。"),
        [41002] = new(
            "The appid is empty. Fill in the provider's clientId with the AppID from mp.weixin.qq.com > Development > Development management > Development settings.",
            "AppID 为空。请把 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppID 填入提供商的 clientId。"),
        [41004] = new(
            "The AppSecret is empty. Fill in the provider's clientSecret with the AppSecret from mp.weixin.qq.com > Development > Development management > Development settings.",
            "AppSecret 为空。请把 mp.weixin.qq.com「开发 > 开发管理 > 开发设置」中的 AppSecret 填入提供商的 clientSecret。"),
        [48001] = new(
            "The account has no permission for this interface. Check on mp.weixin.qq.com > Development > Development management > Interface settings, and whether the account is verified.",
            "该账号没有此接口的权限。请在 mp.weixin.qq.com「开发 > 开发管理 > 接口设置」检查权限,并确认账号已完成认证。"),
        [48004] = new(
            "WeChat has banned this interface for the account. Read the notice on mp.weixin.qq.com > Notification centre and appeal there.",
            "该账号的此接口已被微信封禁。请在 mp.weixin.qq.com「通知中心」查看原因并申诉。"),
        [50002] = new(
            "WeChat has restricted the account. Read the notice on mp.weixin.qq.com > Notification centre.",
            "该账号已被微信限制。请在 mp.weixin.qq.com「通知中心」查看原因。"),
        [50004] = new(
            "The account may not ask for access tokens. Check its type and verification on mp.weixin.qq.com > Settings > Basic settings.",
            "该账号不允许获取 access_token。请在 mp.weixin.qq.com「设置 > 基本设置」检查账号类型和认证状态。"),
        [50007] = new(
            "WeChat has frozen the account. Read the notice on mp.weixin.qq.com > Notification centre and follow it.",
            "该账号已被微信冻结。请在 mp.weixin.qq.com「通知中心」按提示处理。"),
        [89503] = new(
            "An administrator of the Mini Program must confirm this server's address. Answer WeChat's message on the administrator's phone, then check mp.weixin.qq.com > Development > Development management > Development settings > IP whitelist.",
            "需要小程序管理员确认本服务器的 IP。请管理员在手机微信中确认,然后检查 mp.weixin.qq.com「开发 > 开发管理 > 开发设置 > IP 白名单」。"),
    }.ToFrozenDictionary();

    private static readonly WeChatRemedy OwnMistake = new(
        "WeChat found our request malformed. Nothing in the console at mp.weixin.qq.com mends this: check wechatEndpoint and any proxy between, then report the error number and rid.",
        "微信认为请求格式有误,在 mp.weixin.qq.com 后台无法修复:请检查 wechatEndpoint 及中间代理,并反馈错误码和 rid。");

    private static readonly WeChatRemedy Unknown = new(
        "This number is not known to us. Look it up at developers.weixin.qq.com > global return codes; where it names no limit that passes by itself, report the number and rid.",
        "此错误码未收录。请在 developers.weixin.qq.com「全局返回码」查询其含义;若不是会自行解除的限制,请反馈错误码和 rid。");

    public static WeChatRemedy For(int errCode) => All.GetValueOrDefault(errCode, ErrCodes.IsKnown(errCode) ? OwnMistake : Unknown);

    /// <summary>Whether WeChat gave a number (0 is none) that stands in no table of ours. A phone is answered as when WeChat is busy; an operator must look it up.</summary>
    public static bool IsUnknown(int errCode) => errCode != 0 && !ErrCodes.IsKnown(errCode);
}
