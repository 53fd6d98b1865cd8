using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Tables;
using Postern.WeChat;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>The OAuth error for each kind of WeChat's failures. The remedy for an operator is written to the log only.</summary>
public sealed partial class WeChatRefusals(ILogger<WeChatRefusals> logger)
{
    public static readonly OAuthError CodeUsed =
        OAuthError.InvalidGrant("the code is invalid, expired or used: call wx.login again", "登录凭证无效、已过期或已被使用，请重新调用 wx.login");

    private static readonly OAuthError UsedAtWeChat = CodeUsed with { Cause = FailureReasons.Of(WeChatErrors.CodeUsed) };

    /// <summary>WeChat says that this code was used before: perhaps by an earlier request at another node of this server.</summary>
    public static bool IsUsedCode(OAuthError refusal) => ReferenceEquals(refusal, UsedAtWeChat);

    public OAuthError Of(WeChatFailure failure, Provider provider)
    {
        Log(failure, provider);
        var refusal = AnswerTo(failure);
        return IsUsedCode(refusal) ? refusal : refusal with { Cause = FailureReasons.Of(failure.ErrCode) };
    }

    internal static OAuthError AnswerTo(WeChatFailure failure) => failure.Kind switch
    {
        WeChatFailureKind.CodeRefused => failure.ErrCode == WeChatErrors.CodeUsed ? UsedAtWeChat : CodeUsed,
        WeChatFailureKind.RiskyUser => OAuthError.InvalidGrant("the sign-in was refused", "登录被拒绝"),
        WeChatFailureKind.Busy => OAuthError.Unavailable(
            "WeChat is busy: call wx.login again after the time that Retry-After names", "微信服务繁忙，请稍后重新调用 wx.login", failure.RetryAfter ?? TimeSpan.FromSeconds(3)),
        _ => OAuthError.ServerError("the server is not set up for this Mini Program; its operator finds the remedy in the log", "服务器尚未正确配置此小程序，请管理员查看服务器日志"),
    };

    private void Log(WeChatFailure failure, Provider provider)
    {
        var advice = WeChatErrors.Of(failure.ErrCode).Advice;
        if (failure.Kind == WeChatFailureKind.Misconfigured)
        {
            LogMisconfigured(provider.Name, failure.ErrCode, failure.Reason, advice.English, advice.Chinese);
        }
        else if (failure.Kind == WeChatFailureKind.Busy && WeChatErrors.IsKnown(failure.ErrCode))
        {
            LogBusy(provider.Name, failure.ErrCode, failure.Reason);
        }
        else if (failure.Kind == WeChatFailureKind.Busy)
        {
            LogUnknown(provider.Name, failure.ErrCode, failure.Reason, advice.English, advice.Chinese);
        }
    }

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "WeChat refused a sign-in of provider {Provider} ({ErrCode}): {Reason}. {English} {Chinese}")]
    private partial void LogUnknown(string provider, int errCode, string reason, string english, string chinese);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "WeChat did not answer for provider {Provider} ({ErrCode}): {Reason}")]
    private partial void LogBusy(string provider, int errCode, string reason);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "WeChat refuses the settings of provider {Provider} ({ErrCode}): {Reason}. {English} {Chinese}")]
    private partial void LogMisconfigured(string provider, int errCode, string reason, string english, string chinese);
}
