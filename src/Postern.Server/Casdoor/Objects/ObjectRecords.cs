using Postern.Server.Data;
using Postern.Server.Hosting;

namespace Postern.Server.Casdoor.Objects;

internal static class ObjectRecords
{
    /// <summary>The line of the audit trail for one action on one object; it never holds what was written.</summary>
    public static AuditRecord Of(HttpContext context, Caller caller, string action, ObjectId target) =>
        RequestRecords.Of(context, caller.Organization, caller.RecordName, action, target.ToString());
}
