using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Calls;

internal static class ObjectRecords
{
    private const string Api = "/api/";
    private const int LongestName = 255;

    /// <summary>
    /// The line of the audit trail for one action on one object; what was written is added by <see cref="Postern.Directory.Records.RecordValues"/>. It
    /// belongs to the target's owner too; where that is not the organization of the object, <see cref="Postern.Directory.Records.RecordValues.About(AuditRecord, StoredObject)"/> says which.
    /// </summary>
    public static AuditRecord Of(HttpContext context, Caller caller, string action, ObjectId target) =>
        RequestRecords.Of(context, caller.Organization, caller.RecordName, action, target.ToString()) with { UserId = caller.UserId, Concerned = [target.Owner] };

    /// <summary>Keeps that a caller who is known may not do this: one record per caller, action and minute, the others are counted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who was denied; nobody leaves nothing.</param>
    /// <param name="action">What the caller wanted to do: a fixed name, never a caller's words.</param>
    /// <param name="target">To which object; "" where it is not known.</param>
    public static Task DeniedAsync(HttpContext context, Caller caller, string action, string target)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return Task.CompletedTask;
        }

        var record = RequestRecords.Of(context, caller.Organization, caller.RecordName, action, target) with { UserId = caller.UserId, Verdict = Verdicts.Denied };
        return context.RequestServices.GetRequiredService<AuditedRefusals>().AddAsync(
            record, caller.Client?.ClientId ?? caller.Application?.ClientId ?? RefusalCounts.UnknownClient, "denied");
    }

    /// <summary>The same where the answer is a denial: the address says the action, the query's id the object.</summary>
    public static Task DeniedAsync(HttpContext context, Caller caller, IResult answer) => Envelope.IsDenial(answer)
        ? DeniedAsync(context, caller, ActionOf(context), Target(context.Request.Query["id"].ToString()))
        : Task.CompletedTask;

    /// <summary>What an address of the API does, e.g. <c>add-record</c>.</summary>
    public static string ActionOf(HttpContext context)
    {
        var path = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        return path.StartsWith(Api, StringComparison.Ordinal) ? path[Api.Length..] : path;
    }

    // What is no address of an object may be anything, also what must not be kept.
    private static string Target(string id) =>
        ObjectId.TryRead(id, out var target) && target.Owner.Length <= LongestName && target.Name.Length <= LongestName && !id.Any(char.IsControl) ? id : "";
}
