using System.Data.Common;
using System.Diagnostics;

namespace Postern.Bench.Storage;

/// <summary>A database that the server itself made, and then so many users, with an openid each, and token rows.</summary>
public sealed class Filled : IAsyncDisposable
{
    private const string UserId = "'01900000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11)";
    private const string Numbers = "with recursive n(i) as (select {0} union all select i + 1 from n where i < {1})";
    // Doubled, because the statement is a format.
    private const string EmptyBody = "{{}}";
    private const long Step = 100_000;

    private const string Users =
        $"""
        insert into users (id, owner, organization_id, name, created_time, updated_time, deleted_time, type, password, password_type, password_salt, display_name, avatar,
          display_name_by_signin, avatar_by_signin, email, phone, country_code, is_admin, is_forbidden, is_deleted, signup_application, last_signin_time,
          last_signin_ip, last_signin_wrong_time, signin_wrong_times, secrets, body)
        {Numbers}
        select {UserId}, '{BenchObjects.Organization}', (select id from organizations where name = '{BenchObjects.Organization}'), 'wechat-o' || i, i, i, 0, 'normal-user', '', '', '',
          '', '', false, false, 'u' || i || '@example.com', '138' || i, '', false, false, false, 'bench-rs256', 0, '', 0, 0, '', '{EmptyBody}' from n
        """;

    private const string Identities =
        $"""
        insert into external_identities (organization_id, kind, issuer, subject, user_id, created_time)
        {Numbers}
        select (select id from organizations where name = '{BenchObjects.Organization}'), 'openid', '{BenchObjects.AppId}', 'o' || i, {UserId}, 1 from n
        """;

    private static readonly long Hour = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600;

    // Ninety days of every hour, as the console's first page sums them up.
    private static readonly string Statistics =
        $"""
        insert into statistics (organization_id, hour, measure, label, total)
        {Numbers}
        select (select id from organizations where name = '{BenchObjects.Organization}'), ({Hour.ToString(System.Globalization.CultureInfo.InvariantCulture)} - i) * cast(3600000 as bigint), m.measure, m.label, i from n,
          (select 'sign_ins' as measure, 'mini_program' as label union all select 'sign_ins', 'page' union all select 'new_users', 'mini_program'
           union all select 'tokens', 'mini_program' union all select 'tokens', 'refresh_token' union all select 'failures', 'wechat.40029') m
        """;

    private const long Hours = 90 * 24;

    // Of every user's grants, live ones: the sweep takes none of them away during a run.
    private const string Tokens =
        $"""
        insert into tokens (id, grant_id, organization_id, application_id, user_id, user_name, grant_type, scope, created_time, expires_time, opens)
        {Numbers}
        select '01910000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11),
          '01920000-0000-7000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11),
          (select id from organizations where name = '{BenchObjects.Organization}'), (select id from applications where name = 'bench-rs256'), '01900000-0000-7000-8000-000000000001', 'wechat-o1', 'urn', '', i, 4102444800000 + i, 3 from n
        """;

    private Filled(BenchDatabase database, long users, long tokens) => (Database, UserCount, TokenCount) = (database, users, tokens);

    public BenchDatabase Database { get; }

    public long UserCount { get; }

    public long TokenCount { get; }

    /// <summary>The first start of the server on it, which made tables, keys and the objects of the bench.</summary>
    public TimeSpan FirstStart { get; private init; }

    public static async Task<Filled> CreateAsync(TestStand stand, Engine engine, long users, long tokens)
    {
        var database = await BenchDatabase.CreateAsync(engine, stand.Options.Postgres);
        TimeSpan firstStart;
        await using (var server = await stand.StartServerAsync(database))
        {
            firstStart = server.FirstToken;
        }

        var begin = Stopwatch.GetTimestamp();
        Console.Error.WriteLine($"Filling {engine} with {users:N0} users and {tokens:N0} tokens ...");
        await using (var connection = await database.OpenAsync())
        {
            // The first sign-in made user 1 in its own way; it is made again in ours, with all the others.
            await ExecuteAsync(connection, "delete from external_identities");
            await ExecuteAsync(connection, $"delete from users where owner = '{BenchObjects.Organization}' and name like 'wechat-%'");
            await InStepsAsync(connection, Users, users);
            await InStepsAsync(connection, Identities, users);
            await InStepsAsync(connection, Tokens, tokens);
            await InStepsAsync(connection, Statistics, Hours);
            // Only what was filled: figures of an empty table would have SQLite read it from end to end when it has grown.
            await ExecuteAsync(connection, "analyze users");
            await ExecuteAsync(connection, "analyze external_identities");
            if (tokens > 0)
            {
                await ExecuteAsync(connection, "analyze tokens");
            }

            await ExecuteAsync(connection, engine == Engine.Sqlite ? "pragma wal_checkpoint(truncate)" : "checkpoint");
        }

        Console.Error.WriteLine($"Filled in {Stopwatch.GetElapsedTime(begin).TotalSeconds:N0} s.");
        return new Filled(database, users, tokens) { FirstStart = firstStart };
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static async Task InStepsAsync(DbConnection connection, string sql, long count)
    {
        for (long first = 1; first <= count; first += Step)
        {
            await ExecuteAsync(connection, string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, first, Math.Min(count, first + Step - 1)));
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
