using Postern.Protocol;
using Postern.Server.Hosting;
using Postern.Server.SignIn;

namespace Postern.Server.Casdoor.Accounts;

/// <summary><c>GET|POST /api/sso-logout</c> (contract 1.17): everywhere, or where <c>logoutAll</c> says otherwise this browser alone.</summary>
internal static class SsoLogoutEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        // Signing somebody out everywhere is a write: a foreign page's image must not do it.
        if (context.Request.Headers.Authorization.Count == 0 && !SameOrigin.Allows(context.Request, services.GetRequiredService<PosternOptions>()))
        {
            return Envelope.Denied(Callers.CrossSite);
        }

        var all = context.Request.Query["logoutAll"].ToString() is "" or "true" or "1";
        var sessions = services.GetRequiredService<Sessions>();
        if (context.Request.Headers.Authorization.Count > 0)
        {
            var (caller, refusal) = await services.GetRequiredService<Callers>().IdentifyAsync(context, Opens.Everything);
            if (refusal is not null || caller.User is not { } user)
            {
                return refusal is not null ? Envelope.Denied(refusal) : Envelope.Error(GetAccountEndpoint.LoginFirst, GetAccountEndpoint.LoginFirst);
            }

            await (all ? SignOut.EndEverywhereAsync(context, user) : SignOut.EndAsync(context, caller.Token?.GrantId, null, user));
            return Envelope.Ok();
        }

        if (await sessions.FindAsync(context) is not { } session)
        {
            return Envelope.Ok();
        }

        await (all ? SignOut.EndEverywhereAsync(context, session.User) : SignOut.EndAsync(context, null, session.Hash, session.User));
        sessions.DeleteCookie(context);
        return Envelope.Ok();
    }
}
