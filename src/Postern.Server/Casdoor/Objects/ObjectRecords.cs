using Postern.Server.Data;
using Postern.Server.Hosting;

namespace Postern.Server.Casdoor.Objects;

internal static class ObjectRecords
{
    /// <summary>The line of the audit trail for one action on one object; it never holds what was written.</summary>
    public static AuditRecord Of(HttpContext context, Caller caller, string action, ObjectId target) => new()
    {
        Organization = caller.Organization,
        CreatedTime = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds(),
        ClientIp = context.PeerAddress(),
        User = caller.RecordName,
        Method = context.Request.Method,
        RequestUri = context.Request.Path,
        Action = action,
        Target = target.ToString(),
    };
}
