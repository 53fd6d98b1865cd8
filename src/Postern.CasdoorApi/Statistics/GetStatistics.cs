using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Postern.AuthorizationServer.Statistics;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Statistics;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Statistics;

/// <summary><c>GET /api/get-statistics</c> (ours): what the console's first page shows, from what was counted by the hour.</summary>
internal static class GetStatistics
{
    private const long MillisecondsAMinute = 60_000;
    private const int ShownMinutes = 50;
    private const int ShownWebhooks = 20;
    private static readonly Dictionary<string, (int Hours, bool ByDay)> Ranges = new(StringComparer.Ordinal)
    {
        ["24h"] = (24, false), ["7d"] = (7 * 24, true), ["30d"] = (30 * 24, true), ["90d"] = (90 * 24, true),
    };

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var range = call.Query("range") is { Length: > 0 } wanted ? wanted : "24h";
        if (!Ranges.TryGetValue(range, out var span) || !TryOffset(call.Query("offset"), out var offset))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "range must be 24h, 7d, 30d or 90d, and offset the minutes that the reader's clock is ahead of UTC",
                "range 必须是 24h、7d、30d 或 90d，offset 为读者时区领先 UTC 的分钟数"));
        }

        var asked = call.Query("organization");
        var organization = asked.Length > 0 || call.Caller.IsGlobalAdmin ? asked : call.Caller.Organization;
        if (organization.Length > 0 ? !call.Allows(organization) : !call.Caller.IsGlobalAdmin)
        {
            return Envelope.Denied();
        }

        var services = call.Context.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var step = span.ByDay ? 24 * StatisticsCounter.Hour : StatisticsCounter.Hour;
        // The last step is the one that is now, as the reader's calendar has it.
        var last = Step(now, step, offset);
        var from = last - ((span.Hours * StatisticsCounter.Hour) - step);
        var isWhole = organization.Length == 0;
        var tally = services.GetRequiredService<StatisticsCounter>();
        return await call.ReadAsync(async connection =>
        {
            // No organization has the id none.
            var id = isWhole ? "" : organization == call.Caller.Organization ? call.Caller.OrganizationId : await Organizations.IdOfAsync(connection, organization) ?? "none";
            var counted = (await HourlyStatistics.SinceAsync(connection, id, from, step, offset * MillisecondsAMinute)).Concat(tally.Unwritten(id, from).Select(u => (u.Key.Hour, u.Key.Measure, u.Key.Label, u.Value))).ToList();
            return Envelope.Ok(new JsonObject
            {
                ["range"] = range,
                ["from"] = Rfc3339.Of(from),
                ["to"] = Rfc3339.Of(now),
                ["step"] = span.ByDay ? "day" : "hour",
                ["steps"] = new JsonArray([.. Enumerable.Range(0, (int)((last - from) / step) + 1).Select(i => JsonValue.Create(Rfc3339.Of(from + (i * step))))]),
                ["signIns"] = Series(counted, Measures.SignIns, step, offset),
                ["newUsers"] = Series(counted, Measures.NewUsers, step, offset),
                ["failures"] = Failures(counted),
                ["refusals"] = new JsonArray([.. (await RefusalTotals.SinceAsync(connection, id, from)).Select(Show)]),
                ["tokens"] = Totals(counted, Measures.Tokens, "grantType"),
                ["webhooks"] = await WebhooksAsync(connection, counted, id, from),
                ["weChat"] = isWhole ? await WeChatAsync(connection, counted, tally, from) : null,
                ["signOutNotices"] = isWhole ? await NoticesAsync(connection, now) : null,
                ["storage"] = isWhole ? await StorageAsync(connection, services.GetRequiredService<CasdoorApiOptions>()) : null,
                ["credentialsInQuery"] = new JsonArray(
                [
                    .. (await QueryCredentialUse.SinceAsync(connection, organization, from)).Select(u => new JsonObject
                    {
                        ["owner"] = u.Owner, ["name"] = u.Name, ["displayName"] = u.DisplayName, ["since"] = Rfc3339.Of(u.FirstTime), ["last"] = Rfc3339.Of(u.LastTime),
                    }),
                ]),
                ["users"] = await UserCounts.OfAsync(connection, organization),
                ["applications"] = await connection.ExecuteScalarAsync<long>(
                    "select count(*) from applications where name not in (@BuiltIn, @Console) and (@id = '' or organization_id = @id)",
                    new { Applications.BuiltIn, Applications.Console, id }),
            });
        });
    }

    private static JsonObject Show(RefusalTotal refusal) => new()
    {
        ["clientId"] = refusal.Client,
        ["application"] = refusal.Application,
        ["displayName"] = refusal.DisplayName,
        ["reason"] = refusal.Reason,
        ["count"] = refusal.Total,
        ["last"] = Rfc3339.Of(refusal.LastTime),
    };

    private static bool TryOffset(string text, out long offset)
    {
        offset = 0;
        // The clocks of the world are at most 14 hours ahead and 12 behind.
        return text.Length == 0 || (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset) && offset is >= -720 and <= 840);
    }

    /// <summary>The beginning of the step that a time lies in, where days begin at the reader's midnight.</summary>
    private static long Step(long time, long step, long offset)
    {
        var shift = offset * MillisecondsAMinute;
        return ((time + shift) / step * step) - shift;
    }

    private static JsonArray Series(List<(long Hour, string Measure, string Label, long Total)> counted, string measure, long step, long offset) =>
    [
        .. counted.Where(c => c.Measure == measure).GroupBy(c => (Time: Step(c.Hour, step, offset), c.Label)).OrderBy(g => g.Key.Time).ThenBy(g => g.Key.Label, StringComparer.Ordinal)
            .Select(g => new JsonObject { ["time"] = Rfc3339.Of(g.Key.Time), ["door"] = g.Key.Label, ["count"] = g.Sum(c => c.Total) }),
    ];

    private static JsonArray Totals(List<(long Hour, string Measure, string Label, long Total)> counted, string measure, string name) =>
    [
        .. counted.Where(c => c.Measure == measure).GroupBy(c => c.Label).OrderByDescending(g => g.Sum(c => c.Total)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new JsonObject { [name] = g.Key, ["count"] = g.Sum(c => c.Total) }),
    ];

    private static JsonArray Failures(List<(long Hour, string Measure, string Label, long Total)> counted)
    {
        var failures = Totals(counted, Measures.Failures, "reason");
        foreach (var failure in failures)
        {
            failure!["meaning"] = FailureReasons.MeaningOf(failure["reason"]!.ToString()).ToJson();
        }

        return failures;
    }

    private static async Task<JsonObject> WeChatAsync(DbConnection connection, List<(long Hour, string Measure, string Label, long Total)> counted, StatisticsCounter tally, long from)
    {
        long Of(string label) => counted.Where(c => c.Measure == Measures.WeChat && c.Label == label).Sum(c => c.Total);
        var minutes = (await HourlyStatistics.SlowMinutesAsync(connection, from, ShownMinutes)).Concat(tally.UnwrittenMinutes(from))
            .GroupBy(m => m.Minute).OrderByDescending(g => g.Key).Take(ShownMinutes);
        return new JsonObject
        {
            ["calls"] = Of("calls"),
            ["slow"] = Of("slow"),
            ["failed"] = Of("failed"),
            ["slowMinutes"] = new JsonArray(
            [
                .. minutes.Select(g => new JsonObject
                {
                    ["time"] = Rfc3339.Of(g.Key),
                    ["slow"] = g.Sum(m => m.Slow),
                    ["failed"] = g.Sum(m => m.Failed),
                    ["worstMilliseconds"] = g.Max(m => m.WorstMilliseconds),
                }),
            ]),
        };
    }

    private static async Task<JsonObject> WebhooksAsync(DbConnection connection, List<(long Hour, string Measure, string Label, long Total)> counted, string organizationId, long from)
    {
        long Of(string label) => counted.Where(c => c.Measure == Measures.Webhooks && c.Label == label).Sum(c => c.Total);
        return new JsonObject
        {
            ["delivered"] = Of(Measures.Delivered),
            ["failed"] = Of(Measures.Failed),
            ["waiting"] = await WebhookEvents.WaitingAsync(connection, organizationId),
            ["troubled"] = new JsonArray([.. (await WebhookEvents.TroubledAsync(connection, organizationId, from, ShownWebhooks)).Select(w => new JsonObject { ["owner"] = w.Owner, ["name"] = w.Name })]),
        };
    }

    private static async Task<JsonObject> NoticesAsync(DbConnection connection, long now) => new()
    {
        ["waiting"] = await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from logout_notices limit 10000) found"),
        ["late"] = await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from logout_notices where attempts > 1 and next_time > @now limit 10000) found", new { now }),
    };

    private static async Task<JsonObject> StorageAsync(DbConnection connection, CasdoorApiOptions options) => new()
    {
        ["database"] = options.Driver == DatabaseDriver.Postgres
            ? await connection.ExecuteScalarAsync<long>("select pg_database_size(current_database())")
            : await connection.ExecuteScalarAsync<long>("select page_count * page_size from pragma_page_count(), pragma_page_size()"),
        ["files"] = await connection.ExecuteScalarAsync<long>("select coalesce(cast(sum(size) as bigint), 0) from files"),
    };
}
