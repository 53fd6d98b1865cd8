using Postern.Protocol;
using Postern.WeChat;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Asks WeChat itself, twice: for a token, and to refuse a code that never was one.</summary>
internal sealed class WeChatChecks(WeChatClient wechat)
{
    // No code of WeChat's looks so; what comes back instead of "invalid code" is about the credentials.
    private const string NoCode = "postern-diagnosis";
    private static readonly LocalizedText NotFoundOut = new("WeChat gave no answer that tells.", "微信没有给出可判断的答复。");
    private static readonly LocalizedText AskAgain = new(
        "Check that this server reaches api.weixin.qq.com (firewall, DNS, wechatEndpoint), then try again in a minute.",
        "请检查本服务器能否访问 api.weixin.qq.com（防火墙、DNS、wechatEndpoint），一分钟后重试。");

    public async Task<IReadOnlyList<Check>> RunAsync(WeChatApp app, CancellationToken cancel)
    {
        if (app.AppId.Length == 0 || app.AppSecret.Length == 0)
        {
            return Empty(app);
        }

        var token = wechat.ProbeTokenAsync(app);
        var session = await wechat.Code2SessionAsync(app, NoCode, cancel);
        var (ofToken, ofSession) = (await token, session.Succeeded ? null : session.Failure);
        // code2Session takes no notice of the white list, so what it says of the credentials comes first.
        var credentials = ofSession?.Kind == WeChatFailureKind.CodeRefused ? null
            : ofSession is { Kind: WeChatFailureKind.Misconfigured } ? ofSession
            : ofToken is null or { Kind: WeChatFailureKind.Misconfigured } ? ofToken
            : ofSession ?? ofToken;
        return [OfAppId(app, credentials), OfSecret(credentials), OfAddress(ofToken, credentials)];
    }

    private static IReadOnlyList<Check> Empty(WeChatApp app)
    {
        var isAppId = app.AppId.Length == 0;
        var missing = isAppId ? WeChatErrors.AppIdMissing : WeChatErrors.AppSecretMissing;
        Check unknown(string name) => new(name, CheckState.Unknown, new("Not asked yet.", "尚未询问。"));
        var wrong = new Check(isAppId ? "appId" : "appSecret", CheckState.Wrong, isAppId ? new("The AppID is empty.", "AppID 为空。") : new("The AppSecret is empty.", "AppSecret 为空。"))
        {
            Code = missing,
            Remedy = Remedy(missing),
        };
        return isAppId ? [wrong, unknown("appSecret"), unknown("ipAllowed")] : [unknown("appId") with { Value = app.AppId }, wrong, unknown("ipAllowed")];
    }

    private static Check OfAppId(WeChatApp app, WeChatFailure? failure) => failure switch
    {
        null => new("appId", CheckState.Ok, new("WeChat knows this AppID.", "微信认识该 AppID。")) { Value = app.AppId },
        { ErrCode: WeChatErrors.InvalidAppId } => new("appId", CheckState.Wrong, new("WeChat does not know this AppID.", "微信不认识该 AppID。")) { Code = WeChatErrors.InvalidAppId, Value = app.AppId, Remedy = Remedy(WeChatErrors.InvalidAppId) },
        { ErrCode: WeChatErrors.InvalidAppSecret or WeChatErrors.InvalidCredential or WeChatErrors.AppSecretFrozen or WeChatErrors.AppSecretMissing } => new("appId", CheckState.Ok, new("WeChat knows this AppID.", "微信认识该 AppID。")) { Value = app.AppId },
        { Kind: WeChatFailureKind.Misconfigured, ErrCode: not (WeChatErrors.AddressNotListed or WeChatErrors.AddressUnconfirmed) } => new("appId", CheckState.Wrong, new("WeChat refuses this account.", "微信拒绝该账号。")) { Code = failure.ErrCode, Value = app.AppId, Remedy = Remedy(failure.ErrCode) },
        _ => Unknown("appId", failure) with { Value = app.AppId },
    };

    private static Check OfSecret(WeChatFailure? failure) => failure switch
    {
        null => new("appSecret", CheckState.Ok, new("The AppSecret is right.", "AppSecret 正确。")),
        { ErrCode: WeChatErrors.InvalidAppSecret or WeChatErrors.InvalidCredential } => new("appSecret", CheckState.Wrong, new("The AppSecret is wrong.", "AppSecret 错误。")) { Code = failure.ErrCode, Remedy = Remedy(failure.ErrCode) },
        { ErrCode: WeChatErrors.AppSecretFrozen } => new("appSecret", CheckState.Wrong, new("The AppSecret is frozen.", "AppSecret 已被冻结。")) { Code = WeChatErrors.AppSecretFrozen, Remedy = Remedy(WeChatErrors.AppSecretFrozen) },
        { ErrCode: WeChatErrors.InvalidAppId } => new("appSecret", CheckState.Unknown, new("It can be judged once the AppID is right.", "AppID 正确后才能判断。")),
        _ => Unknown("appSecret", failure),
    };

    private static Check OfAddress(WeChatFailure? ofToken, WeChatFailure? credentials) => ofToken switch
    {
        null => new("ipAllowed", CheckState.Ok, new("WeChat accepts calls from this server's address.", "微信接受来自本服务器地址的调用。")),
        { ErrCode: WeChatErrors.AddressNotListed or WeChatErrors.AddressUnconfirmed } => new(
            "ipAllowed",
            credentials is null ? CheckState.Warning : CheckState.Wrong,
            credentials is null
                ? new("This server's address is not on WeChat's IP white list. Signing in works all the same; phone numbers and codes to scan do not.", "本服务器地址不在微信 IP 白名单中。登录仍可使用，但手机号、小程序码等接口不可用。")
                : new("This server's address is not on WeChat's IP white list.", "本服务器地址不在微信 IP 白名单中。"))
        {
            Code = ofToken.ErrCode,
            Value = ofToken.RefusedAddress ?? "",
            Remedy = Remedy(ofToken.ErrCode),
        },
        { Kind: WeChatFailureKind.Misconfigured } => new("ipAllowed", CheckState.Unknown, new("It can be judged once the credentials are right.", "凭据正确后才能判断。")),
        _ => Unknown("ipAllowed", ofToken),
    };

    private static Check Unknown(string name, WeChatFailure failure) =>
        new(name, CheckState.Unknown, NotFoundOut) { Code = failure.ErrCode, Remedy = AskAgain };

    private static LocalizedText Remedy(int code)
    {
        var remedy = WeChatErrors.Of(code).Advice;
        return new(remedy.English, remedy.Chinese);
    }
}
