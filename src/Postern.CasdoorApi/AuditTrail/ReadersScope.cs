using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.AuditTrail;

/// <summary>
/// Whose records a caller reads: a global administrator all or those of the named organization; administrators and
/// applications of an organization its own, paged or not; nobody else any.
/// </summary>
internal static class ReadersScope
{
    private static readonly LocalizedText AdministratorsOnly = new("this operation requires administrator to perform", "此操作需要管理员权限");

    /// <summary>How clients name an organization: ours, the web console's, and the SDKs'.</summary>
    private static readonly string[] Parameters = ["organization", "organizationName", "owner"];

    /// <summary>The scope, or the answer that refuses it.</summary>
    public static async Task<(RecordScope? Scope, IResult? Refusal)> OfAsync(HttpContext context, Caller caller)
    {
        if (await RefuseAsync(context, caller) is { } refusal)
        {
            return (null, refusal);
        }

        var named = Parameters.Select(p => context.Request.Query[p].ToString()).Where(o => o.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (caller.IsGlobalAdmin)
        {
            return named.Count > 1 ? (null, Envelope.Error(ErrorCode.InvalidRequest, new(
                "the query names different organizations",
                "查询参数指定了不同的组织"))) : (new RecordScope(named.FirstOrDefault()), null);
        }

        if (named.Exists(o => o != caller.Organization))
        {
            return (null, Envelope.Denied());
        }

        return (new RecordScope(caller.Organization, caller.OrganizationId), null);
    }

    /// <summary>The answer for a caller that administers nothing, with a record where the caller is known; null for administrators.</summary>
    public static async Task<IResult?> RefuseAsync(HttpContext context, Caller caller)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return Envelope.LoginFirst(isInData: true);
        }

        if (caller.Client is not { IsSelfRegistered: true } && caller.IsAdminOf(caller.Organization))
        {
            return null;
        }

        await ObjectRecords.DeniedAsync(context, caller, ObjectRecords.ActionOf(context), "");
        return Envelope.Error(ErrorCode.AccessDenied, AdministratorsOnly);
    }
}
