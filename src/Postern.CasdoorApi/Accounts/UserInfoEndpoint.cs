using Postern.AuthorizationServer.OAuth;
using Postern.AuthorizationServer.TokenFormats;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>GET|POST /api/userinfo</c> (OpenID Connect Core §5.3): not in the envelope.</summary>
internal static class UserInfoEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var identified = await IdentifyAsync(context);
        var caller = identified.Caller;
        if (caller.Kind == CallerKind.Anonymous)
        {
            TokenChallenge.Set(context, identified);
            return identified.Refusal is not null
                ? Envelope.Denied(identified)
                : Envelope.LoginFirst(isInData: true);
        }

        var user = caller.User;
        if (user is null)
        {
            var sent = context.Request.Query["userId"].ToString();
            if (!ObjectId.TryRead(sent, out var id) || !caller.IsAdminOf(id.Owner))
            {
                return sent.Length > 0 ? Envelope.Denied() : Envelope.NoSuchUser($"app/{caller.Name}");
            }

            user = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Users.FindAsync(c, id.Owner, id.Name), context.RequestAborted);
            if (user is null)
            {
                return Envelope.NoSuchUser(sent);
            }
        }

        var told = Told(caller);
        if (IdentityClaims.AreHoldings(told) || IsCasdoors(caller))
        {
            user.Holdings = await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => EffectiveRolesReader.OfAsync(c, user), context.RequestAborted);
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(Answer(user, caller, told, context.RequestServices.GetRequiredService<CasdoorApiOptions>().Origin), "application/json; charset=utf-8");
    }

    /// <summary>The header, or the body of a posted form (RFC 6750 §2.2), which a strict client may use.</summary>
    private static async Task<Identified> IdentifyAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Headers.Authorization.Count == 0
            && request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            var sent = await OAuthRequest.ReadAsync(request, context.RequestAborted);
            if (!sent.IsRefused(out _, out var form) && form["access_token"] is { } token && request.Query["access_token"].Count == 0)
            {
                return await context.RequestServices.GetRequiredService<Callers>().OfTokenAsync(context, token, Opens.UserInfo);
            }
        }

        return await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context, Opens.UserInfo);
    }

    /// <summary>What the token's scopes and its request ask for; nothing where there is no token (a browser's session).</summary>
    private static IReadOnlyList<Claim> Told(Caller caller) =>
        caller is { Client: { } client, Token: { } token } ? IdentityClaims.Told(client, token.Scope, Scopes.Words(token.Claims)) : [];

    private static bool IsCasdoors(Caller caller) => caller is { Client.HasCasdoorsIdTokens: true, Token: not null };

    private static string Answer(User user, Caller caller, IReadOnlyList<Claim> told, string issuer) => TokenClaims.Write(user, (writer, own) =>
    {
        writer.WriteString("sub", user.Id);
        writer.WriteString("iss", issuer);
        writer.WriteString("aud", caller.Client?.ClientId ?? "");
        if (caller is not { Client: { } client, Token: { } token })
        {
            return;
        }

        if (client.HasCasdoorsIdTokens)
        {
            CasdoorUserInfo.Write(writer, client, token.Scope, told, user, own);
        }
        else
        {
            TokenClaims.WriteIdentity(writer, client, told, user, own);
        }
    });
}
