using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;
using Postern.Server.Hosting;
using Postern.Server.OAuth;
using Postern.Server.SignIn;

namespace Postern.Server.Casdoor.Accounts;

/// <summary><c>GET|POST /api/logout</c> (contract 1.17, OpenID Connect RP-Initiated Logout).</summary>
internal static class LogoutEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var sent = await ParametersAsync(context);
        if (sent("id_token_hint") is { Length: > 0 } hint)
        {
            return await ByHintAsync(context, hint, sent);
        }

        if (context.Request.Headers.Authorization.Count > 0)
        {
            var (caller, refusal) = await services.GetRequiredService<Callers>().IdentifyAsync(context);
            if (refusal is not null)
            {
                return Envelope.Denied(refusal);
            }

            if (caller.Token is { } token)
            {
                await EndAsync(context, token.GrantId, null, caller.User);
            }

            return caller.User is { } named ? Envelope.Ok($"{named.Owner}/{named.Name}") : Envelope.Ok();
        }

        // Signing out is no write that a foreign page gains by, but it need not be able to.
        var isForeign = !HttpMethods.IsGet(context.Request.Method) && !SameOrigin.Allows(context.Request, services.GetRequiredService<PosternOptions>());
        if (isForeign)
        {
            return Envelope.Denied(Callers.CrossSite);
        }

        if (await services.GetRequiredService<Sessions>().FindAsync(context) is not { } session)
        {
            return Envelope.Ok();
        }

        await EndAsync(context, null, session.Hash, session.User);
        services.GetRequiredService<Sessions>().DeleteCookie(context);
        return Envelope.Ok($"{session.User.Owner}/{session.User.Name}");
    }

    private static async Task<IResult> ByHintAsync(HttpContext context, string hint, Func<string, string> sent)
    {
        var services = context.RequestServices;
        var database = services.GetRequiredService<Database>();
        var grantId = await services.GetRequiredService<AccessTokenReader>().ReadHintAsync(hint, context.RequestAborted);
        var grant = grantId is null ? null : await database.ReadAsync(c => Grants.FindAsync(c, grantId), context.RequestAborted);
        if (grant is null)
        {
            return Envelope.Error("Token not found, invalid accessToken");
        }

        var (user, redirectUris) = await database.ReadAsync(async connection => (
            grant.UserId.Length > 0 ? await Users.FindByIdAsync(connection, grant.UserId) : null,
            await connection.QuerySingleOrDefaultAsync<string?>("select redirect_uris from applications where client_id = @ClientId", new { grant.ClientId })),
            context.RequestAborted);
        // The browser's session ends with it where it is the same person's.
        var sessions = services.GetRequiredService<Sessions>();
        var session = await sessions.FindAsync(context) is { } found && found.User.Id == grant.UserId ? found : null;
        await EndAsync(context, grant.Id, session?.Hash, user);
        if (session is not null)
        {
            sessions.DeleteCookie(context);
        }

        var target = sent("post_logout_redirect_uri");
        if (target.Length == 0)
        {
            return Envelope.Ok();
        }

        var isListed = (sent("client_id") is not { Length: > 0 } client || client == grant.ClientId)
            && (JsonSerializer.Deserialize<string[]>(redirectUris ?? "[]") ?? []).Contains(target, StringComparer.Ordinal)
            && Uri.TryCreate(target, UriKind.Absolute, out _);
        if (!isListed)
        {
            return Envelope.Error($"Redirect URI: {target} doesn't exist in the allowed Redirect URI list");
        }

        return Results.Redirect(sent("state") is { Length: > 0 } state ? QueryHelpers.AddQueryString(target, "state", state) : target);
    }

    private static async Task EndAsync(HttpContext context, string? grantId, string? sessionHash, User? user)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var caller = user is null ? Caller.Nobody : new Caller { User = user };
        var record = ObjectRecords.Of(context, caller, "logout", new ObjectId(caller.Organization, caller.Name));
        await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            var ended = grantId is null ? 0 : await Grants.EndAsync(connection, grantId, now, transaction);
            ended += sessionHash is null ? 0 : await Sessions.EndAsync(connection, sessionHash, transaction);
            if (ended > 0)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Keep(ended);
        });
    }

    /// <summary>The query, and beside it a form where that is what was posted.</summary>
    private static async Task<Func<string, string>> ParametersAsync(HttpContext context)
    {
        var form = FormCollection.Empty as IFormCollection;
        try
        {
            form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : form;
        }
        catch (InvalidDataException)
        {
            // Too many fields or none that can be read: what it names is not known, so nothing of it counts.
        }

        return name => form[name].ToString() is { Length: > 0 } posted ? posted : context.Request.Query[name].ToString();
    }
}
