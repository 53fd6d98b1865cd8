using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>GET /api/get-email-and-phone</c>: by what a user was named, and where messages could be sent. It is
/// public, so it answers from what was typed; only the user and the user's administrators get the stored address and number,
/// masked.
/// </summary>
internal static class EmailAndPhone
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var (organization, username) = (call.Query("organization"), call.Query("username"));
        if (organization.Length == 0 || username.Length == 0)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("Missing parameter", "缺少参数"));
        }

        var answer = ObjectKinds.User.Shape.Zero();
        var kind = username.Contains('@', StringComparison.Ordinal) ? "email"
            : username.Length >= 4 && username.All(c => char.IsAsciiDigit(c) || c == '+') ? "phone"
            : "username";
        if (kind != "username")
        {
            answer[kind] = username;
            return Envelope.Ok(answer, JsonValue.Create(kind));
        }

        answer["name"] = username;
        if (Authorization.Allows(AccessLevel.Self, call.Caller, organization, username)
            && await call.ReadAsync(c => Users.FindAsync(c, organization, username)) is { } user)
        {
            (answer["email"], answer["phone"]) = (MaskEmail(user.Email), MaskPhone(user.Phone));
        }

        return Envelope.Ok(answer, JsonValue.Create(kind));
    }

    private static string MaskEmail(string email) =>
        email.LastIndexOf('@') is var at && at > 0 ? email[..1] + "****" + email[at..] : "";

    private static string MaskPhone(string phone) =>
        phone.Length >= 8 ? phone[..3] + "****" + phone[^4..] : phone.Length > 0 ? "****" : "";
}
