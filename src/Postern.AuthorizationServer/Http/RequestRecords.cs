using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Http;

public static class RequestRecords
{
    /// <summary>The same of what a user did.</summary>
    public static AuditRecord Of(HttpContext context, User user, string action, string target) =>
        Of(context, user.Owner, user.Name, action, target) with { UserId = user.Id };

    /// <summary>The line of the audit trail for what a request did: when, from where, by which address; never its query or body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="organization">The organization whose audit trail it belongs to.</param>
    /// <param name="user">The user who acted: <c>app/…</c> for an application, "" for an anonymous caller.</param>
    /// <param name="action">What was done.</param>
    /// <param name="target">To what.</param>
    public static AuditRecord Of(HttpContext context, string organization, string user, string action, string target) => new()
    {
        Organization = organization,
        CreatedTime = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds(),
        ClientIp = context.PeerAddress(),
        User = user,
        Method = context.Request.Method,
        RequestUri = context.Request.Path,
        Action = action,
        Target = target,
    };
}
