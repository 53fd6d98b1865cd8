using System.Data.Common;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>How what a record tells of ended.</summary>
public static class Verdicts
{
    public const string Ok = "ok";

    /// <summary>By a rule: a wrong password, a forbidden user, a token presented twice.</summary>
    public const string Refused = "refused";

    /// <summary>The caller was known, and may not do that.</summary>
    public const string Denied = "denied";

    /// <summary>A client reported it (<c>add-record</c>); only the actor, the time and the address are verified.</summary>
    public const string Reported = "reported";
}

/// <summary>One line of the audit trail. Nothing in it is secret: no code, token, password or body.</summary>
public sealed record AuditRecord
{
    /// <summary>Of our own making, or what a client called the event that it reports.</summary>
    public string Name { get; init; } = Guid.CreateVersion7().ToString();
    public required string Organization { get; init; }
    public required long CreatedTime { get; init; }
    public required string ClientIp { get; init; }

    /// <summary>The user's name at that time, or <c>app/…</c>; empty for an anonymous caller.</summary>
    public required string User { get; init; }

    /// <summary>The user's id; empty where it was no user.</summary>
    public string UserId { get; init; } = "";
    public required string Method { get; init; }

    /// <summary>The path; never the query.</summary>
    public required string RequestUri { get; init; }

    /// <summary>What was done, e.g. <c>signin</c>, <c>new-user</c>, <c>update-application</c>.</summary>
    public required string Action { get; init; }
    public string Target { get; init; } = "";
    public long StatusCode { get; init; } = 200;
    public string Detail { get; init; } = "";
    public string Verdict { get; init; } = Verdicts.Ok;

    /// <summary>JSON text of the properties that were written, secrets as <c>***</c>; "" where nothing was.</summary>
    public string NewValues { get; init; } = "";

    /// <summary>What they were before; "" where nothing was.</summary>
    public string OldValues { get; init; } = "";

    /// <summary>The object that it is about, which webhooks are shown; without one the user who acted.</summary>
    public RecordObject? ObjectRow { get; init; }

    /// <summary>The organizations of that object: each that is not the actor's has a record of its own.</summary>
    public IReadOnlyList<string> Concerned { get; init; } = [];
}

/// <summary>What a record is about, by the id of its row.</summary>
public sealed record RecordObject(string Kind, string Id);

public static partial class Records
{
    public static Task AddAsync(DbConnection connection, AuditRecord record, DbTransaction transaction) =>
        connection.ExecuteAsync(transaction, [.. Adding(record)]);

    /// <summary>
    /// The record and, if the action was done, the events for the webhooks that receive it; the same for the organization of each object that
    /// it is about, where the actor belongs to another organization.
    /// </summary>
    public static IEnumerable<Statement> Adding(AuditRecord record) =>
    [
        .. AddingOne(record, ""),
        .. record.Concerned.Where(o => o != record.Organization && o is { Length: > 0 } and not "admin").Distinct(StringComparer.Ordinal)
            .SelectMany(o => AddingOne(ForOwner(record, o), record.Organization)),
    ];

    private static IEnumerable<Statement> AddingOne(AuditRecord record, string actorOrganization) => record.Verdict is Verdicts.Ok or Verdicts.Reported
        ? [Inserting(record, actorOrganization), WebhookEvents.Telling(record, isForOwner: actorOrganization.Length > 0)]
        : [Inserting(record, actorOrganization)];

    /// <summary>
    /// The record as the object's organization reads it: the actor's name with the organization, because one of its own users may have the same
    /// name. The actor's address and user id are left out: only the actor's organization may read them.
    /// </summary>
    private static AuditRecord ForOwner(AuditRecord record, string organization) => record with
    {
        Organization = organization,
        User = record.User.Length == 0 || record.User.Contains('/', StringComparison.Ordinal) ? record.User : $"{record.Organization}/{record.User}",
        UserId = "",
        ClientIp = "",
    };

    private static Statement Inserting(AuditRecord record, string actorOrganization) => new(
        """
        insert into records (owner, name, created_time, organization, organization_id, client_ip, user_name, user_id, method, request_uri, action, object, status_code, detail,
          verdict, new_values, old_values, actor_organization_id)
        values (@Organization, @Name, @CreatedTime, @Organization,
          coalesce((select o.id from organizations o where o.name = @Organization), ''), @ClientIp, @User, @UserId, @Method, @RequestUri, @Action, @Target, @StatusCode, @Detail,
          @Verdict, @NewValues, @OldValues, coalesce((select o.id from organizations o where o.name = @ActorOrganization), @ActorOrganization))
        """,
        ("@Organization", record.Organization), ("@Name", record.Name), ("@CreatedTime", record.CreatedTime),
        ("@ClientIp", record.ClientIp), ("@User", record.User), ("@UserId", record.UserId), ("@Method", record.Method), ("@RequestUri", record.RequestUri),
        ("@Action", record.Action), ("@Target", record.Target), ("@StatusCode", record.StatusCode), ("@Detail", record.Detail),
        ("@Verdict", record.Verdict), ("@NewValues", record.NewValues), ("@OldValues", record.OldValues), ("@ActorOrganization", actorOrganization));

    /// <summary>Adds refusals to their counters; <paramref name="client"/> is a known client id or <c>unknown</c>.</summary>
    public static Task CountRefusalsAsync(DbConnection connection, string client, string reason, long minute, long total, DbTransaction transaction) =>
        connection.ExecuteAsync(
            """
            insert into refusal_counts (client, reason, minute, total) values (@client, @reason, @minute, @total)
            on conflict (client, reason, minute) do update set total = refusal_counts.total + excluded.total
            """, new { client, reason, minute, total }, transaction);
}
