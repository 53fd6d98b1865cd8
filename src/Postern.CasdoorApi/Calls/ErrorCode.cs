using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Protocol;

namespace Postern.CasdoorApi.Calls;

/// <summary>
/// What an error of Casdoor's API is, for programs: <c>code</c> in the envelope. Texts change and are translated; codes stay. A new error takes the
/// code whose meaning fits, and a new code is one line here: OpenAPI and the tests follow from <see cref="All"/>.
/// </summary>
/// <param name="Name">As it is sent.</param>
/// <param name="Meaning">What happened and what to do, for the API's document.</param>
/// <param name="ChineseMeaning">The same in Chinese.</param>
public sealed record ErrorCode(string Name, string Meaning, string ChineseMeaning)
{
    public static readonly ErrorCode Unauthorized = new(
        "unauthorized", "The request names no valid caller, or the sign-in has ended. Sign in again.", "请求没有有效的调用者，或登录已结束。请重新登录。");

    public static readonly ErrorCode AccessDenied = new(
        "access_denied", "The caller is known and has no permission for this. Ask an administrator.", "调用者已识别，但没有权限。请联系管理员。");

    public static readonly ErrorCode InvalidRequest = new(
        "invalid_request", "A parameter or a property is missing or has a value that is not accepted. msg names it.", "参数或属性缺失，或其值不被接受。msg 中有说明。");

    public static readonly ErrorCode NotFound = new("not_found", "The object does not exist.", "对象不存在。");

    public static readonly ErrorCode AlreadyExists = new(
        "already_exists", "An object has this name, or another value that must be unique. Choose another value.", "名称或其他必须唯一的值已被占用。请更换。");

    public static readonly ErrorCode Conflict = new(
        "conflict", "The object was changed at the same moment. Read it and try again.", "对象同时被修改。请重新读取后重试。");

    public static readonly ErrorCode Immutable = new("immutable", "This cannot be changed after it was created.", "创建后不能修改。");

    public static readonly ErrorCode InUse = new(
        "in_use", "The object is needed, by another object or as the last of its kind. End that use first.", "对象正被使用，或是最后一个。请先解除使用。");

    public static readonly ErrorCode LimitReached = new(
        "limit_reached", "The most that may be kept, or sent at once, is reached. Delete some, or send less.", "已达到可保存或一次可发送的上限。请先删除一些，或减少发送的内容。");

    public static readonly ErrorCode TooManyRequests = new(
        "too_many_requests", "Too many requests or attempts. Wait; Retry-After says how long where it is sent.", "请求或尝试过多。请稍候；如有 Retry-After，按其时间等待。");

    public static readonly ErrorCode WrongCredentials = new(
        "wrong_credentials", "The user name, password or code is wrong.", "用户名、密码或验证码错误。");

    public static readonly ErrorCode SignInRefused = new(
        "sign_in_refused", "The user may not sign in here now. reason says by which rule.", "该用户现在不能在此登录。reason 说明依据的规则。");

    public static readonly ErrorCode PasswordChangeRequired = new(
        "password_change_required", "The password is right and must be changed before the user signs in.", "密码正确，但登录前必须修改。");

    public static readonly ErrorCode NotOffered = new("not_offered", "This server does not offer the service. msg names the alternative.", "本服务器不提供此服务。msg 中有替代方法。");

    public static readonly ErrorCode Unavailable = new("temporarily_unavailable", "The server is busy. Try again in a few seconds.", "服务器繁忙。请几秒后重试。");

    public static readonly ErrorCode InternalError = new(
        "internal_error", "The server failed. An administrator finds the cause in the log.", "服务器出错。管理员可在日志中查看原因。");

    public static readonly IReadOnlyList<ErrorCode> All =
    [
        Unauthorized, AccessDenied, InvalidRequest, NotFound, AlreadyExists, Conflict, Immutable, InUse, LimitReached, TooManyRequests, WrongCredentials, SignInRefused,
        PasswordChangeRequired, NotOffered, Unavailable, InternalError,
    ];

    public static ErrorCode Of(GateRefusal refusal) => refusal.AsksForPassword ? PasswordChangeRequired : SignInRefused;

    /// <summary>The code of a refusal that OAuth's part or the server made: by its status, else by its error.</summary>
    public static ErrorCode Of(OAuthError error) => error.Status switch
    {
        StatusCodes.Status401Unauthorized => Unauthorized,
        StatusCodes.Status403Forbidden => AccessDenied,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status409Conflict => Conflict,
        StatusCodes.Status429TooManyRequests => TooManyRequests,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        >= StatusCodes.Status500InternalServerError => InternalError,
        _ => error.Code switch
        {
            "access_denied" or "unauthorized_client" => AccessDenied,
            "interaction_required" => PasswordChangeRequired,
            "invalid_grant" => SignInRefused,
            _ => InvalidRequest,
        },
    };
}
