using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.SessionsAndTokens;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>GET /api/get-user-activity</c> (ours): the user's identities at WeChat, the present sign-ins, and the past ones. Each part by an index.</summary>
internal static class UserActivity
{
    private const int SignIns = 20;
    private const int LookedThrough = 500;

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id) || !call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var now = call.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return await call.ReadAsync(async connection =>
            await Users.FindAsync(connection, id.Owner, id.Name) is not { } user ? Envelope.NoSuchUser(id) : Envelope.Ok(new JsonObject
            {
                ["identities"] = await IdentitiesAsync(connection, user),
                ["sessions"] = await SessionsAsync(connection, user, now),
                ["applications"] = await ApplicationsAsync(connection, user, now),
                ["signIns"] = await SignInsAsync(connection, user),
            }));
    }

    /// <summary>An openid with the name of its Mini Program, where a provider that this organization may use has that AppID.</summary>
    private static async Task<JsonArray> IdentitiesAsync(DbConnection connection, User user)
    {
        var rows = await connection.QueryAsync<(string Kind, string Issuer, string Subject, long Time, string Provider)>(
            """
            select i.kind, i.issuer, i.subject, i.created_time,
              coalesce((select min(p.name) from providers p where p.client_id = i.issuer and (p.owner = 'admin' or p.owner = @Owner)), '')
            from external_identities i where i.user_id = @Id order by i.created_time, i.kind
            """, new { user.Id, user.Owner });
        return Array(rows, r => new JsonObject
        {
            ["kind"] = r.Kind,
            ["issuer"] = r.Issuer,
            ["subject"] = r.Subject,
            ["provider"] = r.Provider,
            ["createdTime"] = Rfc3339.Of(r.Time),
        });
    }

    private static async Task<JsonArray> SessionsAsync(DbConnection connection, User user, long now)
    {
        var rows = await connection.QueryAsync<(string Hash, long Created, long Expires)>(
            "select hash, created_time, expires_time from sessions where user_id = @Id and expires_time > @now order by created_time desc limit 100", new { user.Id, now });
        return Array(rows, r => new JsonObject
        {
            ["id"] = r.Hash[..SessionTable.ShownLength],
            ["createdTime"] = Rfc3339.Of(r.Created),
            ["expiresTime"] = Rfc3339.Of(r.Expires),
        });
    }

    private static async Task<JsonArray> ApplicationsAsync(DbConnection connection, User user, long now) =>
        Array(await Grants.ClientsOfUserAsync(connection, user.Id, now), client => new JsonObject
        {
            ["clientId"] = client.ClientId,
            ["name"] = client.Name,
            ["displayName"] = client.DisplayName,
            ["since"] = Rfc3339.Of(client.Since),
            ["last"] = Rfc3339.Of(client.Last),
        });

    /// <summary>The user's own, under whatever name.</summary>
    private static async Task<JsonArray> SignInsAsync(DbConnection connection, User user)
    {
        var rows = await connection.QueryAsync<(long Time, string Action, string Address, string Verdict, string Detail)>(
            """
            select created_time, action, client_ip, verdict, detail from (
              select * from records where user_id = @Id and user_id <> '' order by id desc limit @LookedThrough) newest
            where action in ('signin', 'new-user', 'signin-refused', 'bind-identity', 'unbind-identity') order by id desc limit @SignIns
            """, new { user.Id, LookedThrough, SignIns });
        return Array(rows, r => new JsonObject
        {
            ["time"] = Rfc3339.Of(r.Time),
            ["action"] = r.Action,
            ["clientIp"] = r.Address,
            ["verdict"] = r.Verdict,
            ["detail"] = r.Detail,
        });
    }

    private static JsonArray Array<T>(IEnumerable<T> rows, Func<T, JsonObject> show) => [.. rows.Select(show)];
}
