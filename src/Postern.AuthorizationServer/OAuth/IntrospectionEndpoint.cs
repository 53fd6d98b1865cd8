using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth;

/// <summary>
/// Token introspection (RFC 7662) for APIs that are applications themselves. An application sees the tokens of its own organization,
/// one of <c>built-in</c> sees all tokens, and one that registered itself sees only its own tokens. Every token that is not valid now, for
/// any reason, gets the same answer: <c>{"active":false}</c>.
/// </summary>
internal static class IntrospectionEndpoint
{
    public const string Path = "/api/login/oauth/introspect";

    public static void MapIntrospection(this IEndpointRouteBuilder routes) => routes.MapPost(Path, (RequestDelegate)HandleAsync)
        .TakesTokens().Describe(new("OAuth", "Tells an API what a token is good for (RFC 7662)")
        {
            Credentials = Credentials.Client | Credentials.Optional,
            Form = [new("token", "an access token or refresh token", IsRequired: true), new("token_type_hint", "does not matter"), .. ClientEndpoint.Credentials],
            Answers = [Reply.Of("Introspection")],
        });

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ClientEndpoint.ReadAsync(context, needsSecret: true) is not { } call)
        {
            return;
        }

        await ((await AnswerAsync(context, call.Request, call.Client)).IsRefused(out var refusal, out var answer)
            ? call.RefuseAsync(refusal)
            : OAuthAnswers.WriteAsync(context, answer));
    }

    private static async Task<Outcome<JsonObject>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        if (request["token"] is not { } token)
        {
            return OAuthError.InvalidRequest("token is missing", "缺少 token");
        }

        var services = context.RequestServices;
        var found = RefreshTokenText.Parse(token) is { } refresh
            ? await OfRefreshTokenAsync(services, refresh, context.RequestAborted)
            : await OfAccessTokenAsync(services, token, context.RequestAborted);
        return found is var (claims, issuedTo) && MayKnow(client.Application, issuedTo) ? claims : new JsonObject { ["active"] = false };
    }

    private static bool MayKnow(Application caller, Application issuedTo) =>
        caller.IsSelfRegistered ? caller.Id == issuedTo.Id
            : caller.OrganizationId == issuedTo.OrganizationId || caller.Organization == Organizations.BuiltIn;

    private static async Task<(JsonObject Claims, Application IssuedTo)?> OfAccessTokenAsync(IServiceProvider services, string token, CancellationToken cancel)
    {
        if (await services.GetRequiredService<AccessTokenReader>().ReadAsync(token, cancel) is not { } owner)
        {
            return null;
        }

        var jwt = owner.Jwt;
        var claims = Claims(owner.Token.Scope, owner.Application.ClientId, owner.User?.Name ?? owner.Application.Name, jwt.Subject, jwt.Issuer, owner.Token.ExpiresTime, owner.Token.CreatedTime, owner.Jkt);
        // With the same values as the token itself.
        claims["iat"] = jwt.GetPayloadValue<long>("iat");
        claims["nbf"] = jwt.GetPayloadValue<long>("nbf");
        claims["aud"] = new JsonArray([.. jwt.Audiences.Select(a => JsonValue.Create(a))]);
        claims["jti"] = jwt.Id;
        return (claims, owner.Application);
    }

    private static async Task<(JsonObject Claims, Application IssuedTo)?> OfRefreshTokenAsync(IServiceProvider services, RefreshTokenText refresh, CancellationToken cancel)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var issuer = services.GetRequiredService<AuthorizationServerOptions>().Origin;
        return await services.GetRequiredService<Database>().ReadAsync<(JsonObject, Application)?>(async connection =>
        {
            var row = await RefreshTokens.FindAsync(connection, refresh.Id);
            var grant = row is null ? null : await Grants.FindAsync(connection, row.GrantId);
            var user = grant is null ? null : await Users.FindByIdAsync(connection, grant.UserId);
            var application = grant is null ? null : await Applications.FindByIdAsync(connection, grant.ApplicationId);
            return row is { UsedTime: null } && refresh.Matches(row.Hash) && row.ExpiresTime > now && grant is { EndedTime: null }
                && user is { IsForbidden: false, IsDeleted: false } && application is not null
                    ? (Claims(grant.Scope, application.ClientId, user.Name, user.Id, issuer, row.ExpiresTime, row.CreatedTime, grant.RefreshJkt), application)
                    : null;
        }, cancel);
    }

    private static JsonObject Claims(string scope, string clientId, string userName, string subject, string issuer, long expires, long issued, string jkt)
    {
        var claims = new JsonObject { ["active"] = true };
        if (scope.Length > 0)
        {
            claims["scope"] = scope;
        }

        claims["client_id"] = clientId;
        claims["username"] = userName;
        claims["token_type"] = jkt.Length > 0 ? "DPoP" : "Bearer";
        claims["exp"] = expires / 1000;
        claims["iat"] = issued / 1000;
        claims["sub"] = subject;
        claims["iss"] = issuer;
        if (jkt.Length > 0)
        {
            claims["cnf"] = new JsonObject { ["jkt"] = jkt };
        }

        return claims;
    }
}
