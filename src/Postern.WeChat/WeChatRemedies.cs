namespace Postern.WeChat;

/// <summary>What an operator does about a number of WeChat's; in both languages, for logs and diagnosis.</summary>
public sealed record WeChatRemedy(string English, string Chinese);

public static class WeChatRemedies
{
    private static readonly WeChatRemedy Unknown = new(
        "Compare the provider's Client ID and Client secret with Development > Development settings at mp.weixin.qq.com.",
        "请将提供商的 Client ID 与 Client secret 同微信公众平台（mp.weixin.qq.com）“开发管理 > 开发设置”中的值核对。");

    public static WeChatRemedy Of(int errCode) => errCode switch
    {
        40013 or 41002 => new(
            "The provider's Client ID is not a valid AppID: copy it from Development > Development settings at mp.weixin.qq.com (it begins with wx).",
            "提供商的 Client ID 不是有效的 AppID：请从微信公众平台“开发管理 > 开发设置”复制（以 wx 开头）。"),
        40001 or 40125 or 41004 => new(
            "The provider's Client secret is not the AppSecret of this Mini Program: reset it in Development > Development settings at mp.weixin.qq.com and store the new one.",
            "提供商的 Client secret 与该小程序的 AppSecret 不符：请在微信公众平台“开发管理 > 开发设置”重置后填入。"),
        40164 or 89503 or 89506 or 89507 => new(
            "This server's address is not allowed: add it to the IP whitelist in Development > Development settings at mp.weixin.qq.com, or let the administrator confirm it.",
            "服务器地址未获许可：请在微信公众平台“开发管理 > 开发设置”的 IP 白名单中添加，或由管理员确认。"),
        40243 => new(
            "The AppSecret is frozen: unfreeze or reset it in Development > Development settings at mp.weixin.qq.com.",
            "AppSecret 已被冻结：请在微信公众平台“开发管理 > 开发设置”中解冻或重置。"),
        48001 or 48004 => new(
            "This Mini Program may not use the API: look at its permissions and violations at mp.weixin.qq.com.",
            "该小程序没有此接口的权限：请在微信公众平台查看接口权限与违规记录。"),
        50002 or 50004 or 50007 => new(
            "The Mini Program's account is restricted: look at the notices at mp.weixin.qq.com.",
            "该小程序账号受限：请在微信公众平台查看通知。"),
        _ => Unknown,
    };
}
