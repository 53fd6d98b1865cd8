using System.Data.Common;
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
/// Token revocation (RFC 7009): a refresh token ends its whole grant, an access token ends only itself. A token that is no longer
/// valid gets the same answer as one that was just revoked.
/// </summary>
internal static class RevocationEndpoint
{
    public const string Path = "/api/login/oauth/revoke";

    private static readonly OAuthError Foreign = OAuthError.UnauthorizedClient("the token was issued to another client", "该令牌属于其他应用");
    private static readonly OAuthError NeedsSecret = OAuthError.InvalidClient("this grant began with client_secret and needs it", "此授权使用了 client_secret，撤销时必须提供");

    public static void MapRevocation(this IEndpointRouteBuilder routes) => routes.MapCrossOrigin(Path, [HttpMethods.Post], HandleAsync)
        .TakesTokens().Describe(new("OAuth", "Ends a token (RFC 7009): a refresh token with its whole grant, an access token alone")
        {
            Credentials = Credentials.Client | Credentials.Optional,
            Form = [new("token", "an access token or refresh token of the client", IsRequired: true), new("token_type_hint", "does not matter"), .. ClientEndpoint.Credentials],
            Answers = [Reply.Of("O")],
        });

    private static async Task HandleAsync(HttpContext context)
    {
        if (await ClientEndpoint.ReadAsync(context) is not { } call)
        {
            return;
        }

        await ((await AnswerAsync(context, call.Request, call.Client)).IsRefused(out var refusal, out _)
            ? call.RefuseAsync(refusal)
            : OAuthAnswers.WriteAsync(context, new JsonObject()));
    }

    private static async Task<Outcome<bool>> AnswerAsync(HttpContext context, OAuthRequest request, Client client)
    {
        if (request["token"] is not { } token)
        {
            return OAuthError.InvalidRequest("token is missing", "缺少 token");
        }

        return RefreshTokenText.Parse(token) is { } refresh
            ? await RevokeRefreshTokenAsync(context, refresh, client)
            : await RevokeAccessTokenAsync(context, token, client);
    }

    private static async Task<Outcome<bool>> RevokeRefreshTokenAsync(HttpContext context, RefreshTokenText refresh, Client client)
    {
        var database = context.RequestServices.GetRequiredService<Database>();
        var (row, grant, user) = await database.ReadAsync(async connection =>
        {
            var row = await RefreshTokens.FindAsync(connection, refresh.Id);
            var grant = row is null ? null : await Grants.FindAsync(connection, row.GrantId);
            return (row, grant, grant is null ? null : await Users.FindByIdAsync(connection, grant.UserId));
        }, context.RequestAborted);
        if (row is null || grant is null || !refresh.Matches(row.Hash))
        {
            return true;
        }

        return grant.ApplicationId != client.Application.Id ? Foreign : Judge(client, grant.WithSecret) ?? await EndAsync(context, client, user, (connection, now, transaction) => Grants.EndAsync(connection, grant.Id, now, transaction));
    }

    private static async Task<Outcome<bool>> RevokeAccessTokenAsync(HttpContext context, string token, Client client)
    {
        if (await context.RequestServices.GetRequiredService<AccessTokenReader>().ReadAsync(token, context.RequestAborted) is not { } owner)
        {
            return true;
        }

        if (owner.Application.Id != client.Application.Id)
        {
            return Foreign;
        }

        var grant = owner.Token.GrantId.Length == 0 ? null
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Grants.FindAsync(c, owner.Token.GrantId), context.RequestAborted);
        // A token of an application itself belongs to no grant; it was issued for the client secret.
        return Judge(client, grant?.WithSecret ?? true)
            ?? await EndAsync(context, client, owner.User, (connection, now, transaction) => Tokens.RevokeAsync(connection, owner.Token.Id, now, transaction));
    }

    private static OAuthError? Judge(Client client, bool beganWithSecret) =>
        client.HasSecret || ClientSecretRule.MayGoOnWithout(client.Application.TokenEndpointAuthMethod, beganWithSecret) ? null : NeedsSecret;

    private static async Task<Outcome<bool>> EndAsync(
        HttpContext context, Client client, User? user, Func<DbConnection, long, DbTransaction, Task<int>> end)
    {
        var record = RequestRecords.Of(
            context, user?.Owner ?? client.Application.Organization, user?.Name ?? "app/" + client.Application.Name, "revoke-token", client.Application.Name) with
        { UserId = user?.Id ?? "" };
        await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            var ended = await end(connection, record.CreatedTime, transaction);
            if (ended > 0)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Commit(ended);
        });
        return true;
    }
}
