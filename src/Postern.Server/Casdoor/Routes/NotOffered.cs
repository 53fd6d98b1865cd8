using Postern.Server.OpenApi;

namespace Postern.Server.Casdoor.Routes;

/// <summary>
/// Routes that client libraries call and that need a service which Postern does not speak to: each says so, instead of being an
/// address where there is nothing. Nothing is looked up and nothing happens, so anybody may hear it.
/// </summary>
internal static class NotOffered
{
    private const string NoMessages = "Postern sends no mail, text messages or notifications; send it from your own server";
    private const string NoDirectory = "Postern reads no LDAP directory: an ldap object is kept as it was written; import its users with upload-users";
    private const string NoSecondFactor = "Postern asks for no second factor yet: a password is guarded by the lock-out alone";
    private const string NoPayments = "Postern takes no payments: orders and payments are kept as they are written; change them with update-order and update-payment";
    private const string NoImpersonation = "Postern signs no administrator in as another user, because the records would name the wrong person; change the user with update-user";
    private const string NoSyncer = "Postern copies no users from other databases: a syncer is kept as it was written; import its users with upload-users";

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
        ["POST /api/delete-mfa"] = NoSecondFactor,
        ["POST /api/impersonate-user"] = NoImpersonation,
        ["POST /api/exit-impersonate-user"] = NoImpersonation,
        ["GET /api/get-invitation-info"] = "Postern has no sign-up by invitation code: administrators read invitations with get-invitation",
    };

    public static void MapNotOffered(this IEndpointRouteBuilder routes)
    {
        foreach (var (route, sentence) in Sentences)
        {
            routes.MapMethods(route.Split(' ')[1], [route.Split(' ')[0]], context => Envelope.Error(sentence).ExecuteAsync(context)).Describe(new("Not offered", "Says why there is no such service here")
            {
                Detail = sentence + ".",
                Credentials = Credentials.None,
                Answers = [Reply.Refused(StatusCodes.Status200OK, "Always")],
            });
        }
    }
}
