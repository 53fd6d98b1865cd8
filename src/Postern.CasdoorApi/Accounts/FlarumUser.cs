using System.Text.Json.Nodes;
using Dapper;
using Postern.AuthorizationServer.TokenFormats;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>GET /api/user</c>: the account as Flarum's Passport plugin reads it; not in the envelope.</summary>
internal static class FlarumUser
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var user = call.Caller.User;
        if (user is null)
        {
            var sent = call.Query("userId");
            if (!ObjectId.TryRead(sent, out var id) || !call.Caller.IsAdminOf(id.Owner))
            {
                return sent.Length > 0 ? Envelope.Denied() : Envelope.NoSuchUser($"app/{call.Caller.Name}");
            }

            user = await call.ReadAsync(c => Users.FindAsync(c, id.Owner, id.Name));
            if (user is null)
            {
                return Envelope.NoSuchUser(sent);
            }
        }

        // A token tells of its user what its scope says, here as at userinfo; a session and an application see all of it.
        var isTold = call.Caller.Token is not { } token || token.Scope.Split(' ').Contains("email");
        using var own = new UserClaims(user);
        var (created, updated) = await call.ReadAsync(c => c.QuerySingleAsync<(long, long)>("select created_time, updated_time from users where id = @Id", new { user.Id }));
        call.Context.Response.Headers.CacheControl = "no-store";
        return Results.Text(new JsonObject
        {
            ["id"] = user.Id,
            ["name"] = user.Name,
            ["email"] = isTold ? user.Email : "",
            // When it was verified is kept nowhere: as old as the account is the latest that can be said.
            ["email_verified_at"] = isTold && user.Email.Length > 0 && own.IsEmailVerified ? Rfc3339.Of(created) : null,
            ["created_at"] = Rfc3339.Of(created),
            ["updated_at"] = Rfc3339.Of(updated),
        }.ToJsonString(KeptJson.Options), "application/json; charset=utf-8");
    }
}
