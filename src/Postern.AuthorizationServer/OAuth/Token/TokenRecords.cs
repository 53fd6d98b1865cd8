using Postern.AuthorizationServer.OAuth.Clients;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>Lines of the audit trail about tokens.</summary>
internal static class TokenRecords
{
    public static AuditRecord Of(User user, Client client, TokenRequestContext caller, long now, string action, string detail = "") => new()
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
}
