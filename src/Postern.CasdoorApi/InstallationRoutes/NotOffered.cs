using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Protocol;

namespace Postern.CasdoorApi.InstallationRoutes;

/// <summary>
/// Routes that client libraries call and that need a service which Postern does not speak to: each says so, instead of being an
/// address where there is nothing. Nothing is looked up and nothing happens, so anybody may hear it.
/// </summary>
internal static class NotOffered
{
    private static readonly LocalizedText NoMessages = new(
        "Postern sends no mail, text messages or notifications; send it from your own server",
        "Postern 不发送邮件、短信或通知，请从您自己的服务器发送");
    private static readonly LocalizedText NoDirectory = new(
        "Postern reads no LDAP directory: an ldap object is kept as it was written; import its users with upload-users",
        "Postern 不读取 LDAP 目录，ldap 对象仅按原样保存；请用 upload-users 导入用户");
    private static readonly LocalizedText NoSecondFactor = new(
        "Postern asks for no second factor yet: users who have one do not sign in by password, until an administrator takes it away with delete-mfa",
        "Postern 暂不支持二次验证：启用了二次验证的用户不能用密码登录，管理员可用 delete-mfa 取消");
    private static readonly LocalizedText NoPayments = new(
        "Postern takes no payments: orders and payments are kept as they are written; change them with update-order and update-payment",
        "Postern 不处理支付，订单和支付记录仅按原样保存；请用 update-order 和 update-payment 修改");
    private static readonly LocalizedText NoImpersonation = new(
        "Postern signs no administrator in as another user, because the records would name the wrong person; change the user with update-user",
        "Postern 不允许管理员以其他用户身份登录，否则审计记录会记错操作人；请用 update-user 修改用户");
    private static readonly LocalizedText NoSyncer = new(
        "Postern copies no users from other databases: a syncer is kept as it was written; import its users with upload-users",
        "Postern 不从其他数据库同步用户：syncer 只按原样保存，请用 upload-users 导入用户");

    private static readonly LocalizedText NoSaml = new(
        "Postern speaks no SAML: use OpenID Connect, by /.well-known/openid-configuration",
        "Postern 不支持 SAML：请使用 OpenID Connect，见 /.well-known/openid-configuration");
    private static readonly LocalizedText NoCas = new(
        "Postern speaks no CAS: use OpenID Connect, by /.well-known/openid-configuration",
        "Postern 不支持 CAS：请使用 OpenID Connect，见 /.well-known/openid-configuration");
    private static readonly LocalizedText NoScim = new(
        "Postern speaks no SCIM: use add-user, update-user, delete-user and get-users, or upload-users",
        "Postern 不支持 SCIM：请用 add-user、update-user、delete-user 和 get-users，或 upload-users");
    private static readonly LocalizedText NoCaptcha = new(
        "Postern asks for no captcha and sends no codes: a password is guarded by the lock-out",
        "Postern 不使用图形验证码，也不发送验证码：密码由锁定机制保护");
    private static readonly LocalizedText NoPasskeys = new(
        "Postern signs in with no passkeys, faces or Kerberos tickets: use a password or a Mini Program",
        "Postern 不支持通行密钥、人脸或 Kerberos 登录：请使用密码或小程序登录");
    private static readonly LocalizedText NoOfficialAccount = new(
        "Postern signs in with Mini Programs, and not with WeChat official accounts",
        "Postern 支持小程序登录，不支持公众号登录");
    private static readonly LocalizedText NoSignup = new(
        "Postern has no sign-up of its own: users come by a Mini Program or are added with add-user",
        "Postern 没有自助注册：用户通过小程序登录产生，或用 add-user 添加");
    private static readonly LocalizedText NoInvitations = new(
        "Postern sends and checks no invitations: an invitation is kept as it was written; add users with add-user",
        "Postern 不发送也不校验邀请：invitation 只按原样保存，请用 add-user 添加用户");
    private static readonly LocalizedText NoDashboard = new("Postern shows its numbers with get-statistics", "Postern 的统计数据请用 get-statistics 查询");
    private static readonly LocalizedText NoCasbinPrograms = new(
        "Postern runs no Casbin programs: ask enforce or batch-enforce",
        "Postern 不运行 Casbin 命令行程序：请调用 enforce 或 batch-enforce");
    private static readonly LocalizedText NoGateway = new(
        "Postern is no gateway for MCP servers, sites, scans or telemetry: such objects are kept as they were written",
        "Postern 不是 MCP 服务器、站点、扫描或遥测的网关：这些对象只按原样保存");

    public static readonly IReadOnlyDictionary<string, LocalizedText> Sentences = new Dictionary<string, LocalizedText>
    {
        ["POST /api/send-email"] = NoMessages,
        ["POST /api/send-sms"] = NoMessages,
        ["POST /api/send-notification"] = NoMessages,
        ["POST /api/send-verification-code"] = NoMessages,
        ["POST /api/reset-email-or-phone"] = new LocalizedText(
            "Postern sends no verification codes: an administrator changes an e-mail address or a phone number with update-user",
            "Postern 不发送验证码，邮箱或手机号由管理员通过 update-user 修改"),
        ["GET /api/get-ldap-users"] = NoDirectory,
        ["POST /api/sync-ldap-users"] = NoDirectory,
        ["GET /api/run-syncer"] = NoSyncer,
        ["POST /api/run-syncer"] = NoSyncer,
        ["POST /api/notify-payment"] = NoPayments,
        ["POST /api/notify-payment/{owner}/{payment}"] = NoPayments,
        ["POST /api/invoice-payment"] = NoPayments,
        ["POST /api/mfa/setup/initiate"] = NoSecondFactor,
        ["POST /api/mfa/setup/verify"] = NoSecondFactor,
        ["POST /api/mfa/setup/enable"] = NoSecondFactor,
        ["POST /api/set-preferred-mfa"] = NoSecondFactor,
        ["POST /api/impersonate-user"] = NoImpersonation,
        ["POST /api/exit-impersonate-user"] = NoImpersonation,
        ["GET /api/get-saml-login"] = NoSaml,
        ["POST /api/acs"] = NoSaml,
        ["GET /api/saml/metadata"] = NoSaml,
        ["GET /api/saml/redirect/{owner}/{application}"] = NoSaml,
        ["POST /api/saml/redirect/{owner}/{application}"] = NoSaml,
        ["GET /cas/{organization}/{application}/validate"] = NoCas,
        ["GET /cas/{organization}/{application}/serviceValidate"] = NoCas,
        ["GET /cas/{organization}/{application}/proxyValidate"] = NoCas,
        ["GET /cas/{organization}/{application}/proxy"] = NoCas,
        ["GET /cas/{organization}/{application}/p3/serviceValidate"] = NoCas,
        ["GET /cas/{organization}/{application}/p3/proxyValidate"] = NoCas,
        ["POST /cas/{organization}/{application}/samlValidate"] = NoCas,
        ["GET /scim/{resource}"] = NoScim,
        ["GET /scim/{resource}/{id}"] = NoScim,
        ["POST /scim/{resource}"] = NoScim,
        ["POST /scim/{resource}/{id}"] = NoScim,
        ["PUT /scim/{resource}"] = NoScim,
        ["PUT /scim/{resource}/{id}"] = NoScim,
        ["PATCH /scim/{resource}"] = NoScim,
        ["PATCH /scim/{resource}/{id}"] = NoScim,
        ["DELETE /scim/{resource}"] = NoScim,
        ["DELETE /scim/{resource}/{id}"] = NoScim,
        ["GET /api/get-captcha"] = NoCaptcha,
        ["GET /api/get-verifications"] = NoCaptcha,
        ["POST /api/verify-captcha"] = NoCaptcha,
        ["POST /api/verify-code"] = NoCaptcha,
        ["POST /api/verify-identification"] = NoCaptcha,
        ["GET /api/webauthn/signup/begin"] = NoPasskeys,
        ["POST /api/webauthn/signup/finish"] = NoPasskeys,
        ["GET /api/webauthn/signin/begin"] = NoPasskeys,
        ["POST /api/webauthn/signin/finish"] = NoPasskeys,
        ["GET /api/faceid-signin-begin"] = NoPasskeys,
        ["GET /api/kerberos-login"] = NoPasskeys,
        ["GET /api/get-qrcode"] = NoOfficialAccount,
        ["GET /api/get-webhook-event"] = NoOfficialAccount,
        ["GET /api/webhook"] = NoOfficialAccount,
        ["POST /api/webhook"] = NoOfficialAccount,
        ["POST /api/callback"] = NoOfficialAccount,
        ["POST /api/signup"] = NoSignup,
        ["GET /api/verify-invitation"] = NoInvitations,
        ["POST /api/send-invitation"] = NoInvitations,
        ["GET /api/get-dashboard"] = NoDashboard,
        ["GET /api/get-dashboard-providers"] = NoDashboard,
        ["GET /api/get-dashboard-mfa"] = NoDashboard,
        ["GET /api/get-dashboard-heatmap"] = NoDashboard,
        ["GET /api/get-prometheus-info"] = NoDashboard,
        ["GET /api/metrics"] = NoDashboard,
        ["GET /api/run-casbin-command"] = NoCasbinPrograms,
        ["POST /api/refresh-engines"] = NoCasbinPrograms,
        ["POST /api/mcp"] = NoGateway,
        ["GET /api/get-mcp-access-token"] = NoGateway,
        ["GET /api/get-online-servers"] = NoGateway,
        ["GET /api/get-openclaw-session-graph"] = NoGateway,
        ["GET /api/get-openclaw-session-transcript"] = NoGateway,
        ["GET /api/scan"] = NoGateway,
        ["GET /api/server/{owner}/{name}"] = NoGateway,
        ["POST /api/server/{owner}/{name}"] = NoGateway,
        ["POST /api/sync-mcp-tool"] = NoGateway,
        ["POST /api/sync-intranet-servers"] = NoGateway,
        ["POST /api/v1/traces"] = NoGateway,
        ["POST /api/v1/metrics"] = NoGateway,
        ["POST /api/v1/logs"] = NoGateway,
        ["POST /api/test-syncer-db"] = NoSyncer,
        ["POST /api/validate-coupon"] = NoPayments,
        ["POST /api/update-cert-domain-expire"] = new LocalizedText(
            "Postern looks up no domains: a certificate's expireTime is changed with update-cert",
            "Postern 不查询域名：证书的 expireTime 请用 update-cert 修改"),
        ["POST /api/update-permissions"] = new LocalizedText(
            "Postern changes one permission at a time: use update-permission",
            "Postern 每次只修改一个权限：请用 update-permission"),
        ["POST /api/device-auth-complete"] = new LocalizedText(
            "A device is approved on the page /login/oauth/device, by the user's own press",
            "设备须由用户本人在 /login/oauth/device 页面上批准"),
        ["POST /api/cancel-device-auth"] = new LocalizedText(
            "A device is refused on the page /login/oauth/device, by the user's own press",
            "设备须由用户本人在 /login/oauth/device 页面上拒绝"),
        ["GET /api/get-invitation-info"] = new LocalizedText(
            "Postern has no sign-up by invitation code: administrators read invitations with get-invitation",
            "Postern 不支持凭邀请码注册，管理员可用 get-invitation 查看邀请"),
    };

    public static void MapNotOffered(this IEndpointRouteBuilder routes)
    {
        foreach (var (route, sentence) in Sentences)
        {
            routes.MapMethods(route.Split(' ')[1], [route.Split(' ')[0]], context => Envelope.Error(ErrorCode.NotOffered, sentence).ExecuteAsync(context)).Describe(new("Not offered", "Says why there is no such service here")
            {
                Detail = sentence.English + ".",
                Credentials = Credentials.None,
                Answers = [Reply.Refused(StatusCodes.Status200OK, "Always")],
            });
        }
    }
}
