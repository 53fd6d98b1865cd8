using Postern.AuthorizationServer.SignIn;
using Postern.CasdoorApi.Calls;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>
/// <c>GET|POST /api/sso-logout</c>: everywhere, or where <c>logoutAll</c> says otherwise the browser's session alone that the cookie or
/// the token is of, with every grant that was made in it.
/// </summary>
internal static class SsoLogoutEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        // Signing somebody out everywhere is a write: a foreign page's image must not do it.
        if (context.Request.Headers.Authorization.Count == 0 && !SameOrigin.Allows(context.Request, services.GetRequiredService<CasdoorApiOptions>()))
        {
            return Envelope.Denied(ErrorCode.AccessDenied, Callers.CrossSite);
        }

        var all = context.Request.Query["logoutAll"].ToString() is "" or "true" or "1";
        var sessions = services.GetRequiredService<Sessions>();
        if (context.Request.Headers.Authorization.Count > 0)
        {
            var identified = await services.GetRequiredService<Callers>().IdentifyAsync(context, Opens.Everything);
            var caller = identified.Caller;
            if (identified.Refusal is not null || caller.User is not { } user)
            {
                return identified.Refusal is not null ? Envelope.Denied(identified) : Envelope.LoginFirst(isInData: true);
            }

            if (all)
            {
                await SignOut.EndEverywhereAsync(context, user);
                return Envelope.Ok();
            }

            var grantId = caller.Token?.GrantId;
            var grant = grantId is null ? null : await services.GetRequiredService<Database>().ReadAsync(c => Grants.FindAsync(c, grantId), context.RequestAborted);
            // A Mini Program's grant, for one, belongs to no browser's session and ends alone.
            await SignOut.EndAsync(context, grantId, grant?.SessionHash is { Length: > 0 } hash ? hash : null, user, withOffline: true);
            return Envelope.Ok();
        }

        if (await sessions.FindAsync(context) is not { } session)
        {
            return Envelope.Ok();
        }

        await (all ? SignOut.EndEverywhereAsync(context, session.User) : SignOut.EndAsync(context, null, session.Hash, session.User, withOffline: true));
        sessions.DeleteCookie(context);
        return Envelope.Ok();
    }
}
