using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

public sealed partial class ObjectStore
{
    /// <summary>The most objects that one list answers: no list may hold a whole installation in memory.</summary>
    public const int LongestList = 10_000;

    /// <summary>
    /// The highest total of a list whose number nobody keeps (every list but that of an organization's users): there may be
    /// more, and they are found by a narrower search.
    /// </summary>
    public const int LargestTotal = 100_000;

    /// <summary>A group of more users is listed by a scan.</summary>
    private const int LargestQuickGroup = 2_000;

    /// <summary>How many rows of a list are objects at once: the views of other tables are read once for all of them.</summary>
    private const int MostAtATime = 200;

    private const int MostCharactersAtATime = 512 * 1024;

    /// <summary>The rows that a page may skip over, from the nearer end, before it counts as a scan.</summary>
    private const int DeepestPage = 100_000;

    /// <summary>
    /// A page of a list, or the whole list. What indexes answer costs the same at any size; everything else is
    /// one of few scans at once (<see cref="Scans"/>) and is refused with a remedy when its time is over.
    /// </summary>
    /// <param name="database">To read.</param>
    /// <param name="kind">What it is a list of.</param>
    /// <param name="query">What it asks for.</param>
    /// <param name="body">Where the objects are written.</param>
    /// <param name="mask">What this caller sees of each; null = nothing of it, the object is not counted.</param>
    /// <param name="cancel">The caller's.</param>
    public static async Task<Prepared<ObjectPage>> ListAsync(
        Database database, ObjectKind kind, ObjectQuery query, ListBody body, Func<JsonObject, JsonObject?>? mask = null, CancellationToken cancel = default)
    {
        var prepared = ListPlan.Of(database.Dialect, kind, query);
        if (prepared.Value is not { } plan)
        {
            return new(null, prepared.Refusal);
        }

        if ((plan.IsQuick || await HasFewAsync(database, query.Group, cancel)) && await database.ReadAsync(connection => ReadAsync(connection, plan, DeepestPage, body, mask), cancel) is { } page)
        {
            return body.Refusal is { } tooLarge ? new Prepared<ObjectPage>(null, tooLarge) : page;
        }

        var scan = await database.Scans.ReadAsync(async connection => await ReadAsync(connection, await ForScanAsync(connection, plan), long.MaxValue, body, mask), cancel);
        return scan.End switch
        {
            ScanEnd.Done when body.Refusal is { } refusal => new Prepared<ObjectPage>(null, refusal),
            ScanEnd.Done => scan.Value!,
            ScanEnd.Busy => new Prepared<ObjectPage>(null, new(
                "other long searches are under way: try again in a few seconds",
                "其他耗时的查询正在进行，请几秒后重试")),
            _ => new Prepared<ObjectPage>(null, plan.TooSlow),
        };
    }

    /// <summary>Whether a group has so few users that reading all of them is no scan.</summary>
    private static async Task<bool> HasFewAsync(Database database, string group, CancellationToken cancel) => group.Length > 0 && await database.ReadAsync(
        connection => connection.ExecuteScalarAsync<long>(
            $"select count(*) from (select 1 from memberships where {ListPlan.InGroup} limit @most) found",
            ListPlan.GroupParameters(group, LargestQuickGroup + 1)), cancel) <= LargestQuickGroup;

    /// <summary>The page; null where it is deeper in the list than <paramref name="deepest"/> rows from both ends.</summary>
    private static async Task<ObjectPage?> ReadAsync(DbConnection connection, ListPlan plan, long deepest, ListBody body, Func<JsonObject, JsonObject?>? mask)
    {
        var query = plan.Query;
        body.Clear();
        if (!query.IsPaged)
        {
            await WriteAsync(connection, plan, query.Most, 0, isReversed: false, body, mask);
            return new(body, body.Count);
        }

        var total = plan.IsCounted ? await UserCounts.OfAsync(connection, query.Owner) : await CountAsync(connection, plan);
        var size = query.PageSize >= 0 ? Math.Min(query.PageSize!.Value, query.Most) : query.Most;
        if (size == 0)
        {
            return new(body, total);
        }

        // A page beyond the end is the last one.
        var last = Math.Max(1, (total + size - 1) / size);
        var offset = (Math.Clamp(query.Page!.Value, 1, last) - 1) * size;
        var isEndKnown = plan.IsCounted || total < LargestTotal;
        var isReversed = isEndKnown && offset > total / 2;
        if (isReversed)
        {
            size = Math.Min(size, total - offset);
            offset = total - offset - size;
        }

        if (offset > deepest)
        {
            return null;
        }

        await WriteAsync(connection, plan, size, offset, isReversed, body, mask);
        return new(body, total);
    }

    private static async Task<ListPlan> ForScanAsync(DbConnection connection, ListPlan plan)
    {
        // A deep page of a quick list walks its index.
        if (plan.IsQuick || !plan.Kind.IsCounted || !plan.Query.IsPaged)
        {
            return plan;
        }

        var isMost = plan.Query.Owner.Length == 0
            || await UserCounts.OfAsync(connection, plan.Query.Owner) > await UserCounts.OfAsync(connection, "") / 4;
        return isMost ? plan.OverWholeTable() : plan;
    }

    internal static string CountSql(ListPlan plan) =>
        $"select count(*) from (select 1 from {plan.Kind.Table} where {plan.Where} limit {LargestTotal}) found";

    // The ids first, from an index where one has them: rows that are skipped over are not read.
    internal static string RowsSql(ListPlan plan, bool isReversed) =>
        $"""
        select {Selected(plan.Kind)} from {plan.Kind.Table}
        where id in (select id from {plan.Kind.Table} where {plan.Where} order by {plan.Order(isReversed)} limit @size offset @offset)
        order by {plan.Order()}
        """;

    private static Task<long> CountAsync(DbConnection connection, ListPlan plan) => connection.ExecuteScalarAsync<long>(CountSql(plan), plan.Parameters);

    private static Task WriteAsync(
        DbConnection connection, ListPlan plan, long size, long offset, bool isReversed, ListBody body, Func<JsonObject, JsonObject?>? mask)
    {
        var parameters = new DynamicParameters(plan.Parameters);
        parameters.Add("size", size);
        parameters.Add("offset", offset);
        return WriteAsync(connection, plan.Kind, RowsSql(plan, isReversed), parameters, body, mask);
    }

    /// <summary>
    /// Writes the objects of a statement's rows as their readers see them. The rows are counted while they are read, so that no list
    /// takes more than its budget; a few of them at a time are objects.
    /// </summary>
    public static async Task WriteAsync(DbConnection connection, ObjectKind kind, string sql, object parameters, ListBody body, Func<JsonObject, JsonObject?>? mask = null)
    {
        var rows = new Queue<StoredObject>();
        await foreach (var row in connection.QueryUnbufferedAsync(sql, parameters))
        {
            var stored = new StoredObject(kind, (IDictionary<string, object?>)row);
            if (!body.Hold(stored.Characters))
            {
                return;
            }

            rows.Enqueue(stored);
        }

        while (rows.Count > 0)
        {
            var some = new List<StoredObject>();
            for (var held = 0L; rows.Count > 0 && some.Count < MostAtATime && (some.Count == 0 || held + rows.Peek().Characters <= MostCharactersAtATime);)
            {
                some.Add(rows.Dequeue());
                held += some[^1].Characters;
            }

            foreach (var item in await ShowAsync(connection, some))
            {
                if ((mask is null ? item : mask(item)) is { } shown && !body.Add(shown))
                {
                    return;
                }
            }

            body.LetGo(some.Sum(s => s.Characters));
        }
    }
}
