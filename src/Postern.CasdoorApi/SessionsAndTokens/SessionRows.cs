using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>
/// The session routes. A browser's sign-in at us is a session without an application; what a client adds is
/// kept as written and signs nobody in.
/// </summary>
internal static class SessionRows
{
    private const int MostIds = 100;
    private const int LongestId = 255;

    public static async Task<IResult> GetAsync(ObjectCall call)
    {
        if (!TryKey(call, out var key, out var refusal))
        {
            return refusal;
        }

        return Envelope.Ok(await FindAsync(call, key));
    }

    /// <summary><c>is-session-duplicated</c>: whether another sign-in than <c>sessionId</c> stands in the session.</summary>
    public static async Task<IResult> IsDuplicatedAsync(ObjectCall call)
    {
        if (!TryKey(call, out var key, out var refusal))
        {
            return refusal;
        }

        var ids = (await FindAsync(call, key))?["sessionId"] as JsonArray ?? [];
        return Envelope.Ok(ids.Any(id => id!.GetValue<string>() != call.Context.Request.Query["sessionId"]));
    }

    public static Task<Prepared<ObjectPage>> ListAsync(ObjectCall call, ObjectQuery query) =>
        ListAnswers.OfAsync(call, (connection, body) => SessionTable.ListAsync(connection, query, Now(call), body));

    public static Task<IResult> AddAsync(ObjectCall call) => WriteAsync(call, "add-session", async (connection, transaction, sent, now) =>
    {
        if (await Organizations.FindAsync(connection, sent.Key.Owner, transaction) is null)
        {
            return Written.Rollback(Envelope.Error(ErrorCode.NotFound, new(
                $"The organization: {sent.Key.Owner} does not exist",
                $"组织: {sent.Key.Owner} 不存在")));
        }

        await SessionTable.PutAsync(connection, sent.Key, sent.IsExclusive ?? false, now, transaction);
        await SessionTable.AddIdsAsync(connection, sent.Key, sent.Ids ?? [], now, transaction);
        await SessionTable.DateAsync(connection, sent.Key, sent.CreatedTime, transaction);
        return Written.Commit(Envelope.Written(true));
    });

    public static Task<IResult> UpdateAsync(ObjectCall call) => WriteAsync(call, "update-session", async (connection, transaction, sent, now) =>
    {
        if (!await SessionTable.LockAsync(connection, sent.Key, transaction))
        {
            return Written.Rollback(sent.Key.Application.Length == 0 && await SessionTable.UserIdAsync(connection, sent.Key, transaction) is { } user && (await SessionTable.OfUserAsync(connection, user, transaction)).Count > 0
                ? Envelope.Error(ErrorCode.Immutable, new(
                    "a browser's sign-in cannot be changed: delete-session ends it",
                    "浏览器的登录不能修改：可用 delete-session 结束"))
                : Envelope.Written(false));
        }

        if (sent.IsExclusive is { } isExclusive)
        {
            await SessionTable.PutAsync(connection, sent.Key, isExclusive, now, transaction);
        }

        await SessionTable.DateAsync(connection, sent.Key, sent.CreatedTime, transaction);
        if (sent.Ids is { } ids)
        {
            await SessionTable.RemoveIdsAsync(connection, sent.Key, transaction);
            await SessionTable.AddIdsAsync(connection, sent.Key, ids, now, transaction);
        }

        return Written.Commit(Envelope.Written(true));
    });

    /// <summary>
    /// Ends browsers' sign-ins with what was given in them, except grants with offline_access: data2 says how many of the user's live
    /// on, and <c>endOffline=true</c> ends them too.
    /// </summary>
    public static Task<IResult> DeleteAsync(ObjectCall call) => WriteAsync(call, "delete-session", async (connection, transaction, sent, now) =>
    {
        var deleted = await SessionTable.DeleteAsync(connection, sent.Key, transaction);
        var offline = 0L;
        if (sent.Key.Application.Length == 0 && await SessionTable.UserIdAsync(connection, sent.Key, transaction) is { } user)
        {
            foreach (var hash in await SessionTable.OfUserAsync(connection, user, transaction))
            {
                deleted += await EndedSignIns.EndSessionAsync(connection, hash, withOffline: false, now, transaction);
            }

            deleted += call.Context.Request.Query["endOffline"] == "true" ? await Grants.EndOfflineAsync(connection, user, now, transaction) : 0;
            offline = await Grants.CountOfflineAsync(connection, user, now, transaction);
        }

        var answer = Envelope.Ok(deleted > 0 ? Envelope.Affected : Envelope.Unaffected, new JsonObject { ["offlineGrants"] = offline });
        return deleted > 0 ? Written.Commit(answer) : Written.Rollback(answer);
    });

    private static bool TryKey(ObjectCall call, out SessionKey key, out IResult refusal)
    {
        var query = call.Context.Request.Query;
        var id = query["sessionPkId"].ToString() is { Length: > 0 } whole ? whole : query["id"].ToString();
        var isRead = SessionKey.TryRead(id, out key);
        refusal = isRead ? Envelope.Denied() : Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(id));
        return isRead && call.Allows(key.Owner, key.Name);
    }

    private static Task<JsonObject?> FindAsync(ObjectCall call, SessionKey key) =>
        call.Database.ReadAsync(c => SessionTable.FindAsync(c, key, call.Caller.IsAdminOf(key.Owner) ? null : call.Caller.UserId, Now(call)), call.Context.RequestAborted);

    private static long Now(ObjectCall call) => call.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What a client sent of a session; null, and an empty time, are not sent.</summary>
    private sealed record Sent(SessionKey Key, IReadOnlyList<string>? Ids, bool? IsExclusive, string CreatedTime);

    /// <summary>The query's id names user and organization where there is one; the application stands in the body.</summary>
    private static async Task<Prepared<Sent>> ReadAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        var read = body.Value is { } sent ? ObjectDocument.Read(call.Kind, sent) : new(null, body.Refusal);
        if (read.Value is not { } document)
        {
            return new(null, read.Refusal);
        }

        if ((ControlCharacters.Refuse(call.Kind, document) ?? RefuseIds(document["sessionId"] as JsonArray)) is { } refusal)
        {
            return new(null, refusal);
        }

        var key = new SessionKey(ObjectTarget.Text(document, "owner"), ObjectTarget.Text(document, "name"), ObjectTarget.Text(document, "application"));
        if (call.Context.Request.Query["id"].ToString() is { Length: > 0 } id)
        {
            if (!SessionKey.TryRead(id, out var named))
            {
                return new(null, ObjectId.WrongCount(id));
            }

            key = named with { Application = key.Application.Length > 0 ? key.Application : named.Application };
        }

        return key.Owner.Length == 0 || key.Name.Length == 0
            ? new Prepared<Sent>(null, new("owner and name must not be empty", "owner 和 name 不能为空"))
            : new Sent(
                key,
                (document["sessionId"] as JsonArray)?.Select(i => i?.GetValue<string>() ?? "").Where(i => i.Length > 0).Distinct(StringComparer.Ordinal).ToList(),
                document["ExclusiveSignin"]?.GetValue<bool>(),
                ObjectTarget.Text(document, "createdTime"));
    }

    private static LocalizedText? RefuseIds(JsonArray? ids) =>
        ids is { Count: > MostIds } ? new LocalizedText($"a session holds at most {MostIds} ids", $"一个会话最多包含 {MostIds} 个 id")
        : ids?.Any(i => i?.GetValue<string>().Length > LongestId) == true ? new LocalizedText(
            $"a session id must be at most {LongestId} characters long",
            $"会话 id 最多 {LongestId} 个字符")
        : null;

    private static async Task<IResult> WriteAsync(ObjectCall call, string action, Func<DbConnection, DbTransaction, Sent, long, Task<Written<IResult>>> write)
    {
        var read = await ReadAsync(call);
        if (read.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        if (!call.Allows(sent.Key.Owner, sent.Key.Name))
        {
            return Envelope.Denied();
        }

        var record = ObjectRecords.Of(call.Context, call.Caller, action, new ObjectId(sent.Key.Owner, sent.Key.Name));
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            var written = await write(connection, transaction, sent, record.CreatedTime);
            if (written.IsKept)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return written;
        });
    }
}
