using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>What is counted by the hour.</summary>
public static class Measures
{
    /// <summary>Label: the sign-in method, such as <c>mini_program</c>.</summary>
    public const string SignIns = "sign_ins";

    /// <summary>New users. Label: the sign-in method.</summary>
    public const string NewUsers = "new_users";

    /// <summary>Refused sign-ins. Label: the reason.</summary>
    public const string Failures = "failures";

    /// <summary>Issued access tokens. Label: the grant type.</summary>
    public const string Tokens = "tokens";

    /// <summary>Events that webhooks were told of, or could not be. Label: <see cref="Delivered"/>, <see cref="Failed"/>.</summary>
    public const string Webhooks = "webhooks";
    public const string Delivered = "delivered";
    public const string Failed = "failed";

    /// <summary>Of the installation alone. Label: <c>calls</c>, <c>slow</c>, <c>failed</c>.</summary>
    public const string WeChat = "wechat";
}

/// <param name="OrganizationId">The organization; "" = all together.</param>
/// <param name="Hour">Its beginning, in Unix milliseconds.</param>
/// <param name="Measure">One of <see cref="Measures"/>.</param>
/// <param name="Label">Of a closed set.</param>
public readonly record struct StatisticsKey(string OrganizationId, long Hour, string Measure, string Label);

/// <summary>A minute in which WeChat was slow or failed, its beginning in Unix milliseconds.</summary>
public sealed record SlowMinute(long Minute, long Slow, long Failed, long WorstMilliseconds);

/// <summary>The tables of counts. The counts of all nodes are added up.</summary>
public static class HourlyStatistics
{
    public static Task AddAsync(DbConnection connection, StatisticsKey key, long total, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into statistics (organization_id, hour, measure, label, total) values (@OrganizationId, @Hour, @Measure, @Label, @total)
        on conflict (organization_id, hour, measure, label) do update set total = statistics.total + excluded.total
        """, new { key.OrganizationId, key.Hour, key.Measure, key.Label, total }, transaction);

    public static Task AddAsync(DbConnection connection, SlowMinute minute, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into slow_minutes (minute, slow, failed, worst_milliseconds) values (@Minute, @Slow, @Failed, @WorstMilliseconds)
        on conflict (minute) do update set slow = slow_minutes.slow + excluded.slow, failed = slow_minutes.failed + excluded.failed,
          worst_milliseconds = case when excluded.worst_milliseconds > slow_minutes.worst_milliseconds then excluded.worst_milliseconds else slow_minutes.worst_milliseconds end
        """, minute, transaction);

    /// <summary>Everything of an organization since then, summed up by steps: <c>Hour</c> is a step's beginning.</summary>
    /// <param name="connection">To read with.</param>
    /// <param name="organizationId">The organization; "" = all together.</param>
    /// <param name="from">From when on, in Unix milliseconds.</param>
    /// <param name="step">How long each is, in milliseconds.</param>
    /// <param name="shift">How much earlier than at a multiple of that it begins, in milliseconds.</param>
    public static Task<IEnumerable<(long Hour, string Measure, string Label, long Total)>> SinceAsync(DbConnection connection, string organizationId, long from, long step, long shift) =>
        connection.QueryAsync<(long, string, string, long)>(
            """
            select (hour + @shift) / @step * @step - @shift as time, measure, label, cast(sum(total) as bigint) from statistics
            where organization_id = @organizationId and hour >= @from group by time, measure, label
            """, new { organizationId, from, step, shift });

    public static Task<IEnumerable<SlowMinute>> SlowMinutesAsync(DbConnection connection, long from, int most) => connection.QueryAsync<SlowMinute>(
        "select minute, slow, failed, worst_milliseconds from slow_minutes where minute >= @from order by minute desc limit @most", new { from, most });
}
