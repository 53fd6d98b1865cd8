using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.SessionsAndTokens;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>POST /api/sign-out-user</c> (ours): ends a user's sign-ins everywhere, at one application, or of one browser. <c>data</c> is how many ended.</summary>
internal static class SignOutUser
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id) || !call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var (clientId, session) = (call.Query("clientId"), call.Query("session"));
        if (session.Length > 0 && (session.Length != SessionTable.ShownLength || clientId.Length > 0))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "session must be one of get-user-activity, and clientId cannot be sent beside it",
                "session 必须来自 get-user-activity，且不能与 clientId 同时发送"));
        }

        var record = ObjectRecords.Of(call.Context, call.Caller, "sign-out-user", id) with { Detail = clientId.Length > 0 ? clientId : session.Length > 0 ? "one session" : "everywhere" };
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (await connection.QuerySingleOrDefaultAsync<string?>("select id from users where owner = @Owner and name = @Name", new { id.Owner, id.Name }, transaction) is not { } user)
            {
                return Written.Rollback(Envelope.NoSuchUser(id));
            }

            var ended = 0;
            if (clientId.Length > 0)
            {
                ended = await Applications.IdOfClientAsync(connection, clientId, transaction) is not { } application ? 0
                    : await Grants.EndOfApplicationAsync(connection, user, application, record.CreatedTime, transaction);
            }
            else if (session.Length > 0)
            {
                var hashes = await connection.QueryAsync<string>("select hash from sessions where user_id = @user", new { user }, transaction);
                foreach (var hash in hashes.Where(h => h.StartsWith(session, StringComparison.Ordinal)).ToList())
                {
                    ended += await EndedSignIns.EndSessionAsync(connection, hash, withOffline: false, record.CreatedTime, transaction);
                }
            }
            else
            {
                ended = await EndedSignIns.EndEverywhereAsync(connection, user, record.CreatedTime, transaction);
            }

            if (ended > 0)
            {
                await Records.AddAsync(connection, record with { ObjectRow = new(ObjectKinds.User.Name, user) }, transaction);
            }

            return Written.Commit(Envelope.Ok(JsonValue.Create(ended)));
        });
    }
}
