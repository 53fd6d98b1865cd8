using Postern.Directory.Statistics;
using Postern.Protocol;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>Why the gate refuses: what it is counted under, what the user reads, and what the audit trail says.</summary>
public sealed record GateRefusal(string Cause, LocalizedText Sentence, string Detail)
{
    public static readonly GateRefusal Forbidden = new(
        FailureReasons.Forbidden, new("The user is forbidden to sign in, please contact the administrator", "该用户已被禁止登录，请联系管理员"), "user is forbidden");

    /// <summary>In the same words: a refusal must not reveal that the user existed.</summary>
    public static readonly GateRefusal Deleted = Forbidden with { Detail = "user is deleted" };

    public static readonly GateRefusal SignInOff = new(
        FailureReasons.SignInOff, new("Sign-in is disabled for this application", "该应用已停用登录"), "sign-in is disabled");

    /// <summary>The user's organization, where it is another than the application's.</summary>
    public static readonly GateRefusal OrganizationOff = new(
        FailureReasons.SignInOff, new("Sign-in is switched off for this organization", "该组织已停止登录"), "sign-in is disabled in the user's organization");

    public static readonly GateRefusal OtherOrganization = new(
        FailureReasons.OtherOrganization, new("The user is not one of this application's organization", "用户不属于该应用的组织"), "user of another organization");

    public static readonly GateRefusal Address = new(
        FailureReasons.Address, new("Sign-in is not allowed from your network address, please contact the administrator", "不允许从您的网络地址登录，请联系管理员"), "address not allowed");

    public static readonly GateRefusal NotAllowed = new(
        FailureReasons.NotAllowed, new("The user is not allowed to use this application, please contact the administrator", "该用户无权使用此应用，请联系管理员"), "not allowed to use this application");

    public static readonly GateRefusal Tag = new(
        FailureReasons.Tag, new("The user's tag is not one of this application's tags, please contact the administrator", "该用户的标签不在此应用的标签中，请联系管理员"), "tag not listed in the application's tags");

    public static readonly GateRefusal SecondFactor = new(
        FailureReasons.SecondFactor,
        new("This account has a second factor, which is not offered here yet, so its sign-in by password is closed, please contact the administrator",
            "该账号启用了二次验证，而此处暂不支持，因此其密码登录已关闭，请联系管理员"),
        "second factor, which is not offered yet");

    public static readonly GateRefusal SecondFactorRequired = new(
        FailureReasons.SecondFactor,
        new("A second factor is required, which is not offered here yet, so sign-in by password is closed, please contact the administrator",
            "要求使用二次验证，而此处暂不支持，因此密码登录已关闭，请联系管理员"),
        "second factor required, which is not offered yet");

    public static readonly GateRefusal PasswordChange = new(
        FailureReasons.PasswordChange, new("The password must be changed before you sign in", "登录前必须修改密码"), "password must be changed")
    { AsksForPassword = true };

    public static readonly GateRefusal PasswordExpired = new(
        FailureReasons.PasswordChange, new("Your password has expired and must be changed before you sign in", "您的密码已过期，登录前必须修改"), "password has expired")
    { AsksForPassword = true };

    public static readonly IReadOnlyList<GateRefusal> All =
        [Forbidden, Deleted, SignInOff, OrganizationOff, OtherOrganization, Address, NotAllowed, Tag, SecondFactor, SecondFactorRequired, PasswordChange, PasswordExpired];

    /// <summary>Whether a new password opens the way.</summary>
    public bool AsksForPassword { get; private init; }

    /// <summary>To the client that presented a proof (RFC 6749 §5.2).</summary>
    public OAuthError ToGrant() =>
        OAuthError.InvalidGrant(char.ToLowerInvariant(Sentence.English[0]) + Sentence.English[1..], Sentence.Chinese) with { Cause = Cause };

    /// <summary>To the client that sent the browser and wants no page (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).</summary>
    public OAuthError ToClient() => ToGrant() with { Code = AsksForPassword ? "interaction_required" : "access_denied" };
}
