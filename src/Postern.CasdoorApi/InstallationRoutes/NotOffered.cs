using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;

namespace Postern.CasdoorApi.InstallationRoutes;

/// <summary>
/// Routes that client libraries call and that need a service which Postern does not speak to: each says so, instead of being an
/// address where there is nothing. Nothing is looked up and nothing happens, so anybody may hear it.
/// </summary>
internal static class NotOffered
{
    private const string NoMessages = "Postern sends no mail, text messages or notifications; send it from your own server";
    private const string NoDirectory = "Postern reads no LDAP directory: an ldap object is kept as it was written; import its users with upload-users";
    private const string NoSecondFactor = "Postern asks for no second factor yet: users who have one do not sign in by password, until an administrator takes it away with delete-mfa";
    private const string NoPayments = "Postern takes no payments: orders and payments are kept as they are written; change them with update-order and update-payment";
    private const string NoImpersonation = "Postern signs no administrator in as another user, because the records would name the wrong person; change the user with update-user";
    private const string NoSyncer = "Postern copies no users from other databases: a syncer is kept as it was written; import its users with upload-users";

    private const string NoSaml = "Postern speaks no SAML: use OpenID Connect, by /.well-known/openid-configuration";
    private const string NoCas = "Postern speaks no CAS: use OpenID Connect, by /.well-known/openid-configuration";
    private const string NoScim = "Postern speaks no SCIM: use add-user, update-user, delete-user and get-users, or upload-users";
    private const string NoCaptcha = "Postern asks for no captcha and sends no codes: a password is guarded by the lock-out";
    private const string NoPasskeys = "Postern signs in with no passkeys, faces or Kerberos tickets: use a password or a Mini Program";
    private const string NoOfficialAccount = "Postern signs in with Mini Programs, and not with WeChat official accounts";
    private const string NoSignup = "Postern has no sign-up of its own: users come by a Mini Program or are added with add-user";
    private const string NoInvitations = "Postern sends and checks no invitations: an invitation is kept as it was written; add users with add-user";
    private const string NoDashboard = "Postern shows its numbers with get-statistics";
    private const string NoCasbinPrograms = "Postern runs no Casbin programs: ask enforce or batch-enforce";
    private const string NoGateway = "Postern is no gateway for MCP servers, sites, scans or telemetry: such objects are kept as they were written";

    public static readonly IReadOnlyDictionary<string, string> Sentences = new Dictionary<string, string>
    {
        ["POST /api/send-email"] = NoMessages,
        ["POST /api/send-sms"] = NoMessages,
        ["POST /api/send-notification"] = NoMessages,
        ["POST /api/send-verification-code"] = NoMessages,
        ["POST /api/reset-email-or-phone"] = "Postern sends no verification codes: an administrator changes an e-mail address or a phone number with update-user",
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
        ["POST /api/update-cert-domain-expire"] = "Postern looks up no domains: a certificate's expireTime is changed with update-cert",
        ["POST /api/update-permissions"] = "Postern changes one permission at a time: use update-permission",
        ["POST /api/device-auth-complete"] = "A device is approved on the page /login/oauth/device, by the user's own press",
        ["POST /api/cancel-device-auth"] = "A device is refused on the page /login/oauth/device, by the user's own press",
        ["GET /api/get-invitation-info"] = "Postern has no sign-up by invitation code: administrators read invitations with get-invitation",
    };

    public static void MapNotOffered(this IEndpointRouteBuilder routes)
    {
        foreach (var (route, sentence) in Sentences)
        {
            routes.MapMethods(route.Split(' ')[1], [route.Split(' ')[0]], context => Envelope.Error(ErrorCode.NotOffered, sentence).ExecuteAsync(context)).Describe(new("Not offered", "Says why there is no such service here")
            {
                Detail = sentence + ".",
                Credentials = Credentials.None,
                Answers = [Reply.Refused(StatusCodes.Status200OK, "Always")],
            });
        }
    }
}
