using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.AuthorizationServer.Requests;
using Postern.AuthorizationServer.SignIn;
using Postern.AuthorizationServer.SignIn.Gate;
using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.Authorize;

/// <summary>Answers an authorization request for a signed-in user who has allowed it: a code, or the tokens of the legacy implicit grant.</summary>
public sealed class CodeIssuer(Database database, GrantIssuer grants, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private static readonly OAuthError Used = new("access_denied", "the request was used, or the user may no longer sign in: start again");

    private static readonly OAuthError TakenBack = new("consent_required", "the user's consent has just ended: ask again");

    /// <summary>The parameters of the answer.</summary>
    /// <param name="context">For the record.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="session">The session of the signed-in user.</param>
    /// <param name="admission">That the session's user may sign in to the application.</param>
    /// <param name="consent">What the user allows, or allowed before.</param>
    /// <param name="isAllowed">The user has just allowed it on the page.</param>
    public async Task<Outcome<IReadOnlyList<KeyValuePair<string, string>>>> AnswerAsync(
        HttpContext context, AuthorizationRequest request, FoundSession session, Admission admission, ConsentNeeds consent, bool isAllowed)
    {
        if (request.ResponseType != "code")
        {
            return await ImplicitAsync(context, request, session);
        }

        var allowing = isAllowed ? consent.Allowing : null;
        var code = OpaqueToken.New();
        var now = clock.GetUtcNow();
        var row = new AuthorizationCode
        {
            Hash = code.Hash,
            GrantId = Guid.CreateVersion7(now).ToString(),
            ApplicationId = admission.Application.Id,
            UserId = admission.User.Id,
            RedirectUri = request.Target.RedirectUri,
            Scope = request.Requested.Scope,
            Resource = request.Requested.Resource,
            Nonce = request.Nonce,
            CodeChallenge = request.CodeChallenge,
            Jkt = request.DpopJkt,
            AuthTime = session.CreatedTime,
            Amr = session.Amr,
            SessionHash = session.Hash,
            Claims = request.Claims.Kept,
            Address = context.PeerAddress(),
            CreatedTime = now.ToUnixTimeMilliseconds(),
            ExpiresTime = (now + Lifetime).ToUnixTimeMilliseconds(),
        };
        var record = RequestRecords.Of(context, session.User, "grant-consent", request.Application.Name) with { Detail = allowing?.Scope ?? "" };
        var isTakenBack = false;
        var isWritten = await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await Users.IsAsReadAsync(connection, session.User, transaction)
                || (request.PushedHash is { } pushed && !await PushedRequests.UseAsync(connection, pushed, transaction)))
            {
                return Written.Rollback(false);
            }

            if (allowing is not null)
            {
                await Consents.PutAsync(connection, allowing with { CreatedTime = row.CreatedTime }, consent.Before, transaction);
                await Records.AddAsync(connection, record, transaction);
            }
            else if (!isAllowed && consent.Before is { } before && !await Consents.IsAsReadAsync(connection, before, transaction))
            {
                isTakenBack = true;
                return Written.Rollback(false);
            }

            await AuthorizationCodes.AddAsync(connection, row, transaction);
            return Written.Commit(true);
        });
        return isWritten
            ? new List<KeyValuePair<string, string>> { KeyValuePair.Create("code", code.Text) }
            : isTakenBack ? TakenBack : Used;
    }

    private async Task<Outcome<IReadOnlyList<KeyValuePair<string, string>>>> ImplicitAsync(HttpContext context, AuthorizationRequest request, FoundSession session)
    {
        var types = Scopes.Words(request.ResponseType);
        var start = new GrantRequest(
            new Client(request.Application, false), session.User, GrantTypes.Implicit, request.Requested.Scope, new TokenRequestContext(context.PeerAddress(), context.Request.Path, ""))
        {
            Resource = request.Requested.Resource,
            Nonce = request.Nonce,
            AuthTime = session.CreatedTime,
            Amr = session.Amr,
            SessionHash = session.Hash,
            Claims = request.Claims.Kept,
            UserAddress = context.PeerAddress(),
            WithRefresh = false,
            WithAccessToken = types.Contains(GrantTypes.Token),
        };
        var begun = await grants.BeginAsync(
            start,
            async (connection, transaction, _) => request.PushedHash is not { } pushed || await PushedRequests.UseAsync(connection, pushed, transaction) ? null : Used,
            context.RequestAborted);
        if (begun.IsRefused(out var refusal, out var tokens))
        {
            return refusal;
        }

        var answer = new List<KeyValuePair<string, string>>();
        if (types.Contains(GrantTypes.Token))
        {
            answer.Add(KeyValuePair.Create("access_token", tokens.AccessToken));
            answer.Add(KeyValuePair.Create("token_type", tokens.TokenType));
            answer.Add(KeyValuePair.Create("expires_in", tokens.ExpiresIn.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            answer.Add(KeyValuePair.Create("scope", tokens.Scope));
        }

        if (types.Contains(GrantTypes.IdToken))
        {
            answer.Add(KeyValuePair.Create("id_token", tokens.IdToken!));
        }

        return answer;
    }
}
