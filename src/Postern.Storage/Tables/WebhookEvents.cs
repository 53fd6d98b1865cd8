using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>The delivery status of an event (Casdoor's values).</summary>
public static class WebhookStates
{
    public const string Pending = "Pending";
    public const string Retrying = "Retrying";
    public const string Success = "Success";
    public const string Failed = "Failed";

    public static readonly string[] All = [Pending, Retrying, Success, Failed];
}

/// <summary>One event that one webhook is to be told of, or was.</summary>
public sealed class WebhookEvent
{
    public required long Id { get; init; }
    public required string WebhookId { get; init; }
    public required long RecordId { get; init; }
    public required string Organization { get; init; }
    public required string OrganizationId { get; init; }
    public required string Action { get; init; }
    public required long CreatedTime { get; init; }
    public required long UpdatedTime { get; init; }
    public required string State { get; init; }

    /// <summary>How often it was sent.</summary>
    public required long Attempts { get; init; }

    /// <summary>The time of the next attempt, in Unix milliseconds; 0 = none.</summary>
    public required long NextTime { get; init; }
    public required long StatusCode { get; init; }
    public required string Response { get; init; }
    public required string Error { get; init; }

    /// <summary>A stable code for <see cref="Error"/>; "" where there is none.</summary>
    public required string Reason { get; init; }

    /// <summary>What the event is about; "" where it is about nothing that has a row.</summary>
    public required string ObjectKind { get; init; }
    public required string ObjectId { get; init; }
}

/// <summary>How an attempt ended.</summary>
/// <param name="State">One of <see cref="WebhookStates"/>.</param>
/// <param name="NextTime">When it is sent again, in Unix milliseconds; 0 = no more.</param>
/// <param name="StatusCode">The receiver's; 0 where it did not answer.</param>
/// <param name="Response">The beginning of its answer, or "".</param>
/// <param name="Error">Why it was not taken, or "".</param>
public sealed record WebhookAttempt(string State, long NextTime, int StatusCode, string Response, string Error)
{
    /// <summary>A stable code for the error, or "".</summary>
    public string Reason { get; init; } = "";
}

/// <summary>A webhook's owner and name, and the organization that it belongs to.</summary>
public sealed record WebhookAddress(string Owner, string Name, string Organization, string? OrganizationId);

/// <summary>Which events a list holds; null = any.</summary>
/// <param name="OrganizationId">The organization of the webhooks and of the records, by its id.</param>
/// <param name="Organization">The organization of the records, by its name.</param>
/// <param name="Owner">The webhooks' owner.</param>
/// <param name="Webhook">One webhook's name, within its owner.</param>
/// <param name="State">One of <see cref="WebhookStates"/>.</param>
public sealed record WebhookEventFilter(string? OrganizationId, string? Organization, string? Owner, string? Webhook, string? State);

/// <summary>
/// The events to send to webhooks. An event is written in the transaction of the record that it reports, so that it is sent even after a
/// crash. Each attempt is claimed first, so that only one of several nodes sends it (decision 0016).
/// </summary>
public static class WebhookEvents
{
    /// <summary>The list of <c>memberships</c> that holds what each enabled webhook hears, as organization/action.</summary>
    public const string Hears = "hears";

    /// <summary>In the place of an organization: all of them. No organization has this name.</summary>
    public const string Everywhere = "";

    /// <summary>
    /// The largest number of webhooks of one organization, and of those that receive one event. If an import or an older version left more,
    /// the oldest ones receive it (the smallest ids). The same number applies to webhooks that receive the events of every organization.
    /// </summary>
    public const int MostOfOrganization = 20;

    private const string AddRecord = "add-record";

    // No webhook receives this.
    private const string Unheard = "/";

    /// <summary>How far a list is counted and paged.</summary>
    public const long MostCounted = 10_000;

    private const string Columns =
        """
        e.id, e.webhook_id, e.record_id, e.organization, e.organization_id, e.action, e.created_time, e.updated_time, e.state, e.attempts, e.next_time,
        e.status_code, e.response, e.error, e.reason, e.object_kind, e.object_id
        """;

    private const string OfWebhooks = "webhook_events e join objects o on o.id = e.webhook_id";

    /// <summary>An event for each webhook that hears of the record, which the statement before wrote in the same transaction.</summary>
    /// <param name="record">What happened.</param>
    /// <param name="isForOwner">Whether it is the record of the object's organization beside that of the actor's: the webhooks of all organizations hear of the latter.</param>
    internal static Statement Telling(AuditRecord record, bool isForOwner)
    {
        // An event that a client reports is not sent as if this server had observed it.
        var heard = record.Verdict == Verdicts.Reported ? AddRecord : record.Action;
        var about = record.Verdict == Verdicts.Reported ? null : record.ObjectRow
            // A record without an object is an action of a user on their own account: a sign-in, a consent.
            ?? (record.Concerned.Count == 0 && record.UserId.Length > 0 ? new RecordObject("user", record.UserId) : null);
        return new(
            """
            insert into webhook_events (webhook_id, record_id, organization, organization_id, action, created_time, updated_time, state, attempts, next_time, status_code, response, error,
              object_kind, object_id)
            select m.object_id, (select r.id from records r where r.organization_id = coalesce(o.id, '') and r.name = @Name order by r.id desc limit 1),
              @Organization, coalesce(o.id, ''), @heard, @CreatedTime, @CreatedTime, 'Pending', 0, @CreatedTime, 0, '', '',
              @ObjectKind, @ObjectId
            from (
              select * from (
                select h.object_id from memberships h join objects w on w.id = h.object_id
                where h.member = @own and h.list = 'hears' and h.kind = 'webhook'
                  and (w.organization in ('admin', 'built-in') or w.organization_id = (select id from organizations where name = @Organization))
                order by h.object_id limit @most) own
              union all
              select * from (
                select h.object_id from memberships h join objects w on w.id = h.object_id
                where h.member = @everywhere and h.list = 'hears' and h.kind = 'webhook' and w.organization in ('admin', 'built-in')
                order by h.object_id limit @most) everywhere) m
            left join organizations o on o.name = @Organization
            """,
            ("@Organization", record.Organization), ("@Name", record.Name), ("@heard", heard), ("@CreatedTime", record.CreatedTime),
            ("@own", $"{record.Organization}/{heard}"), ("@everywhere", isForOwner ? Unheard : $"{Everywhere}/{heard}"), ("@most", MostOfOrganization),
            ("@ObjectKind", about?.Kind ?? ""), ("@ObjectId", about?.Id ?? ""));
    }

    /// <summary>Whether any is due: asked often, answered by an index.</summary>
    public static async Task<bool> AreDueAsync(DbConnection connection, long now) =>
        await connection.ExecuteScalarAsync<long>("select count(*) from (select 1 from webhook_events where next_time > 0 and next_time <= @now limit 1) due", new { now }) > 0;

    /// <summary>Claims the due events for one attempt, the oldest first; no other node claims them before <paramref name="lease"/>.</summary>
    public static async Task<IReadOnlyList<WebhookEvent>> ClaimAsync(DbConnection connection, long now, long lease, int most, DbTransaction transaction) =>
        [.. await connection.QueryAsync<WebhookEvent>(
            $"""
            update webhook_events set attempts = attempts + 1, next_time = @lease
            where next_time > 0 and next_time <= @now
              and id in (select id from webhook_events where next_time > 0 and next_time <= @now order by next_time, id limit @most)
            returning {Columns.Replace("e.", "", StringComparison.Ordinal)}
            """, new { now, lease, most }, transaction)];

    /// <summary>Writes the result of an attempt, unless the event was requested again meanwhile.</summary>
    public static Task<int> EndAttemptAsync(DbConnection connection, WebhookEvent claimed, WebhookAttempt end, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        update webhook_events set state = @State, next_time = @NextTime, status_code = @StatusCode, response = @Response, error = @Error, reason = @Reason,
          updated_time = @now
        where id = @Id and attempts = @Attempts
        """, new { claimed.Id, claimed.Attempts, end.State, end.NextTime, end.StatusCode, end.Response, end.Error, end.Reason, now }, transaction);

    /// <summary>What else waits for a receiver that cannot be reached waits until then: it must not take the turns of others.</summary>
    public static Task<int> PutOffAsync(DbConnection connection, string webhookId, long next, DbTransaction transaction) => connection.ExecuteAsync(
        "update webhook_events set next_time = @next where webhook_id = @webhookId and state in ('Pending', 'Retrying') and next_time < @next and attempts = 0", new { webhookId, next }, transaction);

    /// <summary>Has it sent once more, from the first attempt on.</summary>
    public static Task<int> ReplayAsync(DbConnection connection, long id, long now, DbTransaction transaction) => connection.ExecuteAsync(
        "update webhook_events set state = 'Pending', attempts = 0, next_time = @now, updated_time = @now where id = @id", new { id, now }, transaction);

    public static Task<int> DeleteAsync(DbConnection connection, long id, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from webhook_events where id = @id", new { id }, transaction);

    /// <summary>A deleted webhook receives no events.</summary>
    public static Task<int> DeleteOfWebhookAsync(DbConnection connection, string webhookId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from webhook_events where webhook_id = @webhookId", new { webhookId }, transaction);

    public static Task<WebhookEvent?> FindAsync(DbConnection connection, long id, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<WebhookEvent?>($"select {Columns} from webhook_events e where e.id = @id", new { id }, transaction);

    /// <summary>The address of the webhook, and its organization; null where it was deleted.</summary>
    public static async Task<WebhookAddress?> WebhookOfAsync(DbConnection connection, string webhookId, DbTransaction? transaction = null) =>
        await connection.QuerySingleOrDefaultAsync<WebhookAddress?>("select owner, name, organization, organization_id from objects where id = @webhookId and kind = 'webhook'", new { webhookId }, transaction);

    /// <summary>How many there are, counted no further than <see cref="MostCounted"/>.</summary>
    public static Task<long> CountAsync(DbConnection connection, WebhookEventFilter filter)
    {
        var (where, parameters) = Where(filter);
        parameters.Add("most", MostCounted);
        return connection.ExecuteScalarAsync<long>($"select count(*) from (select 1 from {OfWebhooks} where {where} limit @most) counted", parameters);
    }

    /// <summary>One page, the newest first.</summary>
    public static async Task<IReadOnlyList<WebhookEvent>> ListAsync(DbConnection connection, WebhookEventFilter filter, long size, long offset, bool isAscending)
    {
        var (where, parameters) = Where(filter);
        parameters.Add("size", size);
        parameters.Add("offset", offset);
        return [.. await connection.QueryAsync<WebhookEvent>(
            $"select {Columns} from {OfWebhooks} where {where} order by e.id {(isAscending ? "asc" : "desc")} limit @size offset @offset", parameters)];
    }

    /// <summary>How many wait, of an organization's webhooks or of all ("").</summary>
    public static Task<long> WaitingAsync(DbConnection connection, string organizationId) => connection.ExecuteScalarAsync<long>(
        $"select count(*) from (select 1 from {OfWebhooks} where e.next_time > 0 and (@organizationId = '' or o.organization_id = @organizationId) limit @MostCounted) waiting",
        new { organizationId, MostCounted });

    /// <summary>The webhooks, as owner and name, that something could not be told since then, of an organization or of all ("").</summary>
    public static Task<IEnumerable<(string Owner, string Name)>> TroubledAsync(DbConnection connection, string organizationId, long since, int most) =>
        connection.QueryAsync<(string, string)>(
            """
            select o.owner, o.name from objects o where o.kind = 'webhook' and (@organizationId = '' or o.organization_id = @organizationId)
              and exists (select 1 from webhook_events e where e.webhook_id = o.id and e.state in ('Failed', 'Retrying') and e.updated_time >= @since)
            order by o.owner, o.name limit @most
            """, new { organizationId, since, most });

    private static (string Where, DynamicParameters Parameters) Where(WebhookEventFilter filter)
    {
        var parameters = new DynamicParameters();
        var conditions = new List<string> { "o.kind = 'webhook'" };
        Add("o.organization_id", filter.OrganizationId);
        Add("e.organization_id", filter.OrganizationId);
        Add("e.organization", filter.Organization);
        Add("o.owner", filter.Owner);
        Add("o.name", filter.Webhook);
        Add("e.state", filter.State);
        return (string.Join(" and ", conditions), parameters);

        void Add(string column, string? value)
        {
            if (value is not null)
            {
                var name = "p" + conditions.Count;
                conditions.Add($"{column} = @{name}");
                parameters.Add(name, value);
            }
        }
    }
}
