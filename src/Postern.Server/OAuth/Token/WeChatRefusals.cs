using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.Statistics;
using Postern.WeChat;

namespace Postern.Server.OAuth.Token;

/// <summary>WeChat's failures in OAuth's words: here and nowhere else. The remedy for an operator stands in the log only.</summary>
public sealed partial class WeChatRefusals(ILogger<WeChatRefusals> logger)
{
    private const int UsedCode = 40163;

    public static readonly OAuthError CodeUsed =
        OAuthError.InvalidGrant("the code is invalid, expired or used: call wx.login again", "登录凭证无效、已过期或已被使用，请重新调用 wx.login");

    private static readonly OAuthError UsedAtWeChat = CodeUsed with { Cause = FailureReasons.Of(UsedCode) };

    /// <summary>WeChat says that this code was used before: perhaps by an earlier presentation at another node of ours.</summary>
    public static bool IsUsedCode(OAuthError refusal) => ReferenceEquals(refusal, UsedAtWeChat);

    public OAuthError Of(WeChatFailure failure, Provider provider)
    {
        var refusal = InWords(failure, provider);
        return IsUsedCode(refusal) ? refusal : refusal with { Cause = FailureReasons.Of(failure.ErrCode) };
    }

    private OAuthError InWords(WeChatFailure failure, Provider provider)
    {
        switch (failure.Kind)
        {
            case WeChatFailureKind.CodeRefused:
                return failure.ErrCode == UsedCode ? UsedAtWeChat : CodeUsed;
            case WeChatFailureKind.RiskyUser:
                return OAuthError.InvalidGrant("the sign-in was refused", "登录被拒绝");
            case WeChatFailureKind.Busy:
                LogBusy(failure, provider);
                return OAuthError.Unavailable(
                    "WeChat is busy: call wx.login again after the time that Retry-After names", "微信服务繁忙，请稍后重新调用 wx.login",
                    failure.RetryAfter ?? TimeSpan.FromSeconds(3));
            default:
                var remedy = WeChatRemedies.For(failure.ErrCode);
                LogMisconfigured(provider.Name, failure.ErrCode, failure.Reason, remedy.English, remedy.Chinese);
                return OAuthError.ServerError("the server is not set up for this Mini Program; its operator finds the remedy in the log", "服务器尚未正确配置此小程序，请管理员查看服务器日志");
        }
    }

    private void LogBusy(WeChatFailure failure, Provider provider)
    {
        if (WeChatRemedies.IsUnknown(failure.ErrCode))
        {
            var remedy = WeChatRemedies.For(failure.ErrCode);
            LogUnknown(provider.Name, failure.ErrCode, failure.Reason, remedy.English, remedy.Chinese);
        }
        else
        {
            LogBusy(provider.Name, failure.ErrCode, failure.Reason);
        }
    }

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "WeChat refused a sign-in of provider {Provider} ({ErrCode}): {Reason}. {English} {Chinese}")]
    private partial void LogUnknown(string provider, int errCode, string reason, string english, string chinese);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "WeChat did not answer for provider {Provider} ({ErrCode}): {Reason}")]
    private partial void LogBusy(string provider, int errCode, string reason);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "WeChat refuses the settings of provider {Provider} ({ErrCode}): {Reason}. {English} {Chinese}")]
    private partial void LogMisconfigured(string provider, int errCode, string reason, string english, string chinese);
}
