using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A record as it is stored. <see cref="Id"/> grows with time.</summary>
public sealed class RecordRow
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required long CreatedTime { get; init; }
    public required string Organization { get; init; }
    public required string ClientIp { get; init; }
    public required string UserName { get; init; }
    public required string UserId { get; init; }
    public required string Method { get; init; }
    public required string RequestUri { get; init; }
    public required string Action { get; init; }
    public required string Target { get; init; }
    public required long StatusCode { get; init; }
    public required string Detail { get; init; }
    public required string Verdict { get; init; }
    public required string NewValues { get; init; }
    public required string OldValues { get; init; }
}

/// <summary>Which records a caller may read.</summary>
/// <param name="Organization">The organization's name; null = all.</param>
/// <param name="OrganizationId">Its id, where one is bound to it: what an earlier organization of its name did is not its own. Null = who has the name now, else who had it.</param>
public sealed record RecordScope(string? Organization, string? OrganizationId = null);

public enum RecordMatch
{
    Equal,

    /// <summary>The text contains it, ignoring the case of ASCII letters. The value is a pattern of <c>like</c>.</summary>
    Like,

    /// <summary>A time within this second.</summary>
    Second,
}

/// <summary>One condition; the column's name is one of a fixed list.</summary>
public sealed record RecordCondition(string Column, object Value, RecordMatch Match = RecordMatch.Equal);

/// <summary>What a list asks for.</summary>
public sealed record RecordQuery
{
    public required RecordScope Scope { get; init; }
    public IReadOnlyList<RecordCondition> Conditions { get; init; } = [];

    /// <summary>Only records with a smaller id; null = from the newest on.</summary>
    public long? Before { get; init; }
    public required long Size { get; init; }
    public long Page { get; init; } = 1;

    /// <summary>The column to sort by, <c>id</c> or one of a fixed list.</summary>
    public string Sort { get; init; } = "id";
    public bool IsAscending { get; init; }
    public bool WithTotal { get; init; }
}

/// <param name="Rows">One page.</param>
/// <param name="Total">How many there are, counted no further than <see cref="Records.MostCounted"/>.</param>
public sealed record RecordPage(IReadOnlyList<RecordRow> Rows, long Total);

public static partial class Records
{
    /// <summary>How far matches are counted, paged through and sorted; what lies beyond is reached by the smallest id that was read.</summary>
    public const long MostCounted = 10_000;

    /// <summary>How many records, the newest first, are looked through where no index answers: a search must not read the whole trail.</summary>
    public const long MostLookedThrough = 100_000;

    private const string Columns =
        "id, name, created_time, organization, client_ip, user_name, user_id, method, request_uri, action, object as target, status_code, detail, verdict, new_values, old_values";

    private static readonly string[] Indexed = ["action", "user_name"];

    public static Task<RecordRow?> FindAsync(DbConnection connection, long id) =>
        connection.QuerySingleOrDefaultAsync<RecordRow?>($"select {Columns} from records where id = @id", new { id });

    public static async Task<RecordPage> ListAsync(DbConnection connection, RecordQuery query)
    {
        var rows = new List<RecordRow>();
        var total = await ReadAsync(connection, query, row =>
        {
            rows.Add(row);
            return true;
        });
        return new RecordPage(rows, total);
    }

    /// <summary>The same, row by row: as many as are taken, and how many there are on all pages.</summary>
    public static async Task<long> ReadAsync(DbConnection connection, RecordQuery query, Func<RecordRow, bool> take)
    {
        if (query.Scope is { Organization: { } named, OrganizationId: null })
        {
            query = await Organizations.IdOfAsync(connection, named) is { } id
                ? query with { Scope = query.Scope with { OrganizationId = id } }
                : query with { Scope = new(null), Conditions = [.. query.Conditions, new RecordCondition("organization", named)] };
        }

        var parameters = new DynamicParameters();
        var matching = Matching(query, parameters);
        parameters.Add("most", MostCounted);
        var total = query.WithTotal ? await connection.ExecuteScalarAsync<long>($"select count(*) from (select 1 from {matching} limit @most) counted", parameters) : 0;
        if (query.Size == 0)
        {
            return total;
        }

        // A page beyond the end is the last one, as at Casdoor.
        var page = query.WithTotal ? Math.Clamp(query.Page, 1, Math.Max(1, (total + query.Size - 1) / query.Size)) : 1;
        parameters.Add("size", query.Size);
        parameters.Add("offset", (page - 1) * query.Size);
        var direction = query.IsAscending ? "asc" : "desc";
        var rows = query.Sort == "id"
            ? connection.QueryUnbufferedAsync<RecordRow>($"select {Columns} from {matching} order by id {direction} limit @size offset @offset", parameters)
            : connection.QueryUnbufferedAsync<RecordRow>(
                $"""
                select {Columns} from (select * from {matching} order by id desc limit @most) newest
                order by {query.Sort} {direction}, id {direction} limit @size offset @offset
                """, parameters);
        await foreach (var row in rows)
        {
            if (!take(row))
            {
                break;
            }
        }

        return total;
    }

    /// <summary>Table and condition. What no index answers is asked of the newest records of the scope only.</summary>
    private static string Matching(RecordQuery query, DynamicParameters parameters)
    {
        var scope = "id > 0";
        if (query.Before is { } before)
        {
            scope += " and id < @before";
            parameters.Add("before", before);
        }

        if (query.Scope.OrganizationId is { } organization)
        {
            scope += " and organization_id = @organization";
            parameters.Add("organization", organization);
        }

        // The trail of all organizations lists each action once, as the actor's organization has it.
        if (query.Scope.OrganizationId is null && !query.Conditions.Any(c => c.Column is "organization"))
        {
            scope += " and actor_organization_id = ''";
        }

        var conditions = "";
        for (var i = 0; i < query.Conditions.Count; i++)
        {
            var (column, value, match) = query.Conditions[i];
            parameters.Add("value" + i, value);
            var condition = match switch
            {
                RecordMatch.Like => $" and lower({column}) like @value{i} escape '\\'",
                RecordMatch.Second => $" and {column} >= @value{i} and {column} < @value{i} + 1000",
                _ => $" and {column} = @value{i}",
            };
            if (column == "id" || (match == RecordMatch.Equal && query.Scope.OrganizationId is not null && Indexed.Contains(column)))
            {
                scope += condition;
            }
            else
            {
                conditions += condition;
            }
        }

        if (conditions.Length == 0)
        {
            return "records where " + scope;
        }

        parameters.Add("looked", MostLookedThrough);
        return $"(select * from records where {scope} order by id desc limit @looked) looked where 1 = 1{conditions}";
    }
}
