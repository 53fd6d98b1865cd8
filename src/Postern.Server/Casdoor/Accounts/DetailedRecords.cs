using Postern.Server.Data;

namespace Postern.Server.Casdoor.Accounts;

internal static class DetailedRecords
{
    /// <summary>The same line with what it was about: names of properties, never their values.</summary>
    public static AuditRecord With(this AuditRecord record, string detail) => new()
    {
        Organization = record.Organization,
        CreatedTime = record.CreatedTime,
        ClientIp = record.ClientIp,
        User = record.User,
        Method = record.Method,
        RequestUri = record.RequestUri,
        Action = record.Action,
        Target = record.Target,
        StatusCode = record.StatusCode,
        Detail = detail,
    };
}
