using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>Browsers' sign-ins at us (<c>sessions</c>) and what clients wrote down (<c>client_sessions</c>), as one list.</summary>
internal static class SessionTable
{
    /// <summary>A list looks at no more sign-ins than this, those that last longest.</summary>
    private const long Newest = 100_000;
    private const int Chunk = 500;

    // Enough to tell two sign-ins apart, and nothing that opens one: the cookie's hash is no cookie, and this is its beginning.
    internal const int ShownLength = 16;

    private static readonly Dictionary<string, string> Searchable = new(StringComparer.OrdinalIgnoreCase)
    {
        ["owner"] = "owner", ["name"] = "name", ["application"] = "application",
    };

    private static readonly Dictionary<string, string> Sortable = new(Searchable, StringComparer.OrdinalIgnoreCase) { ["createdTime"] = "created_time" };

    /// <summary>The session as it is shown, or null.</summary>
    /// <param name="connection">To read with.</param>
    /// <param name="key">Which.</param>
    /// <param name="reader">The id of the user who reads their own; null for administrators, who also see those that belong to no user.</param>
    /// <param name="now">Unix milliseconds.</param>
    public static async Task<JsonObject?> FindAsync(DbConnection connection, SessionKey key, string? reader, long now) =>
        (await ShowAsync(connection, [key], now, reader)).SingleOrDefault();

    public static async Task<Prepared<ObjectPage>> ListAsync(DbConnection connection, ObjectQuery query, long now, ListBody body)
    {
        var parameters = new DynamicParameters(new { query.Owner, now, newest = Newest });
        var (where, order) = ("", "created_time desc, owner, name, application");
        if (query.IsPaged && query.Field.Length > 0 && query.Value.Length > 0)
        {
            if (!Searchable.TryGetValue(query.Field, out var column))
            {
                return new(null, new($"sessions cannot be searched by {query.Field}", $"不能按 {query.Field} 搜索会话"));
            }

            where = $" where lower({column}) like @pattern escape '\\'";
            parameters.Add("pattern", LikePattern.Containing(query.Value));
        }

        if (query.IsPaged && query.SortField.Length > 0)
        {
            if (!Sortable.TryGetValue(query.SortField.Replace("_", "", StringComparison.Ordinal), out var column))
            {
                return new(null, new($"sessions cannot be sorted by {query.SortField}", $"不能按 {query.SortField} 排序会话"));
            }

            order = $"{column} {(query.IsAscending ? "asc" : "desc")}, owner, name, application";
        }

        var (ofUsers, added) = query.Owner.Length > 0 ? (" and u.owner = @Owner", "where owner = @Owner") : ("", "");
        var rows = $"""
            select owner, name, application, min(created_time) as created_time from (
              select * from (select u.owner, u.name, '' as application, s.created_time from sessions s join users u on u.id = s.user_id
                where s.expires_time > @now{ofUsers} order by s.expires_time desc limit @newest) ours
              union all
              select owner, name, application, created_time from client_sessions {added}) every{where}
            group by owner, name, application
            """;
        var total = await connection.ExecuteScalarAsync<long>($"select count(*) from ({rows}) found", parameters);
        var (size, offset) = ListWindow.Of(query, total);
        parameters.Add("size", size);
        parameters.Add("offset", offset);
        var page = size == 0 ? [] : await connection.QueryAsync<(string Owner, string Name, string Application, long Time)>($"{rows} order by {order} limit @size offset @offset", parameters);
        foreach (var keys in page.Select(p => new SessionKey(p.Owner, p.Name, p.Application)).Chunk(Chunk))
        {
            if (!(await ShowAsync(connection, keys, now)).All(body.Add))
            {
                break;
            }
        }

        return new ObjectPage(body, total);
    }

    /// <summary>The hashes of a user's sign-ins at us.</summary>
    public static async Task<IReadOnlyList<string>> OfUserAsync(DbConnection connection, string userId, DbTransaction transaction) =>
        [.. await connection.QueryAsync<string>("select hash from sessions where user_id = @userId", new { userId }, transaction)];

    public static Task<string?> UserIdAsync(DbConnection connection, SessionKey key, DbTransaction transaction) =>
        connection.QuerySingleOrDefaultAsync<string?>("select id from users where owner = @Owner and name = @Name", new { key.Owner, key.Name }, transaction);

    /// <summary>Whether a client wrote this session down; locks it until the write ends.</summary>
    public static async Task<bool> LockAsync(DbConnection connection, SessionKey key, DbTransaction transaction) => await connection.ExecuteAsync(
        "update client_sessions set created_time = created_time where owner = @Owner and name = @Name and application = @Application and session_id = ''", key, transaction) == 1;

    public static Task PutAsync(DbConnection connection, SessionKey key, bool isExclusive, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into client_sessions (owner, name, application, session_id, created_time, is_exclusive, user_id) values (@Owner, @Name, @Application, '', @now, @isExclusive,
          coalesce((select id from users where owner = @Owner and name = @Name), ''))
        on conflict (owner, name, application, session_id) do update set is_exclusive = excluded.is_exclusive, user_id = excluded.user_id
        """, new { key.Owner, key.Name, key.Application, now, isExclusive }, transaction);

    public static async Task AddIdsAsync(DbConnection connection, SessionKey key, IEnumerable<string> ids, long now, DbTransaction transaction)
    {
        foreach (var id in ids)
        {
            await connection.ExecuteAsync(
                """
                insert into client_sessions (owner, name, application, session_id, created_time, user_id) values (@Owner, @Name, @Application, @id, @now,
                  coalesce((select id from users where owner = @Owner and name = @Name), ''))
                on conflict (owner, name, application, session_id) do nothing
                """, new { key.Owner, key.Name, key.Application, id, now }, transaction);
        }
    }

    /// <summary>The time that a client wrote: shown as it was sent, ordered by what it means.</summary>
    public static Task DateAsync(DbConnection connection, SessionKey key, string text, DbTransaction transaction) =>
        text.Length == 0 || !Rfc3339.TryRead(text, out var time) ? Task.CompletedTask : connection.ExecuteAsync(
            """
            update client_sessions set created_time = @time, created_text = @text
            where owner = @Owner and name = @Name and application = @Application and session_id = ''
            """, new { key.Owner, key.Name, key.Application, time, text }, transaction);

    public static Task RemoveIdsAsync(DbConnection connection, SessionKey key, DbTransaction transaction) => connection.ExecuteAsync(
        "delete from client_sessions where owner = @Owner and name = @Name and application = @Application and session_id <> ''", key, transaction);

    public static Task<int> DeleteAsync(DbConnection connection, SessionKey key, DbTransaction transaction) => connection.ExecuteAsync(
        "delete from client_sessions where owner = @Owner and name = @Name and application = @Application", key, transaction);

    private static async Task<IReadOnlyList<JsonObject>> ShowAsync(DbConnection connection, IReadOnlyList<SessionKey> keys, long now, string? reader = null)
    {
        var rows = new List<Row>();
        foreach (var names in keys.Select(k => k.Name).Distinct(StringComparer.Ordinal).Chunk(Chunk))
        {
            var parameters = new DynamicParameters(new { now, reader });
            var own = reader is null ? "" : " and user_id = @reader";
            var list = parameters.AddList("name", names);
            rows.AddRange((await connection.QueryAsync<(string Owner, string Name, string Hash, long Time)>(
                $"""
                select u.owner, u.name, s.hash, s.created_time from users u join sessions s on s.user_id = u.id
                where u.name in {list} and s.expires_time > @now{own} order by s.created_time, s.hash
                """, parameters)).Select(r => new Row(new SessionKey(r.Owner, r.Name, ""), r.Hash[..ShownLength], r.Time, "", false)));
            rows.AddRange((await connection.QueryAsync<(string Owner, string Name, string Application, string Id, long Time, string Text, bool IsExclusive)>(
                $"""
                select owner, name, application, session_id, created_time, created_text, is_exclusive from client_sessions
                where name in {list}{own} order by created_time, session_id
                """, parameters)).Select(r => new Row(new SessionKey(r.Owner, r.Name, r.Application), r.Id, r.Time, r.Text, r.IsExclusive)));
        }

        var byKey = rows.ToLookup(r => r.Key);
        return [.. keys.Where(byKey.Contains).Select(key => Show(key, [.. byKey[key]]))];
    }

    private static JsonObject Show(SessionKey key, IReadOnlyList<Row> rows)
    {
        var shown = SessionKind.Kind.Shape.Zero();
        shown["owner"] = key.Owner;
        shown["name"] = key.Name;
        shown["application"] = key.Application;
        shown["createdTime"] = rows.Select(r => r.Text).FirstOrDefault(t => t.Length > 0) ?? Rfc3339.Of(rows.Min(r => r.Time));
        shown["sessionId"] = new JsonArray([.. rows.Select(r => r.Id).Where(id => id.Length > 0).Select(id => JsonValue.Create(id))]);
        shown["ExclusiveSignin"] = rows.Any(r => r.IsExclusive);
        return shown;
    }

    private sealed record Row(SessionKey Key, string Id, long Time, string Text, bool IsExclusive);
}
