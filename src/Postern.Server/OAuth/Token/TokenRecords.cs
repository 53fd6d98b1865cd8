using Postern.Protocol;
using Postern.Server.Data;
using Postern.Server.OAuth.Clients;

namespace Postern.Server.OAuth.Token;

/// <summary>Lines of the audit trail about tokens.</summary>
internal static class TokenRecords
{
    public static AuditRecord Of(User user, Client client, TokenCaller caller, long now, string action, string detail = "") => new()
    {
        Organization = user.Owner,
        CreatedTime = now,
        ClientIp = caller.Address,
        User = user.Name,
        UserId = user.Id,
        Method = HttpMethods.Post,
        RequestUri = caller.Path,
        Action = action,
        Target = client.Application.Name,
        Detail = detail,
    };

    /// <summary>The refusal of a user who may not sign in, recorded as one of somebody known.</summary>
    public static async Task<OAuthError> ForbiddenAsync(this KnownRefusals refusals, User user, Client client, TokenCaller caller, long now)
    {
        var record = Of(user, client, caller, now, "signin-refused", user.IsForbidden ? "user is forbidden" : "user is deleted") with { Verdict = Verdicts.Refused };
        await refusals.AddAsync(record, client.Application.ClientId, "forbidden");
        return NewGrants.UserForbidden;
    }
}
