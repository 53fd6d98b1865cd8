using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A ticket that binds a WeChat identity, proved when the ticket was made, to an account.</summary>
public sealed record BindingTicket
{
    /// <summary>SHA-256 of the ticket.</summary>
    public required string Hash { get; init; }

    /// <summary>The client that the identity was proved to; no other client can spend the ticket.</summary>
    public required string ApplicationId { get; init; }
    public required string ProviderId { get; init; }
    public required string OrganizationId { get; init; }
    public required string AppId { get; init; }
    public required string OpenId { get; init; }

    /// <summary>Issuer of the unionid; empty where there is none.</summary>
    public required string OpenPlatform { get; init; }
    public required string UnionId { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
}

public static class BindingTickets
{
    private const string Columns = "hash, application_id, provider_id, organization_id, app_id, openid, open_platform, unionid, created_time, expires_time";

    public static Task AddAsync(DbConnection connection, BindingTicket ticket, DbTransaction transaction) => connection.ExecuteAsync(
        $"""
        insert into binding_tickets ({Columns})
        values (@Hash, @ApplicationId, @ProviderId, @OrganizationId, @AppId, @OpenId, @OpenPlatform, @UnionId, @CreatedTime, @ExpiresTime)
        """, ticket, transaction);

    /// <summary>The ticket, where it is this client's and has neither been spent nor expired.</summary>
    public static Task<BindingTicket?> FindAsync(DbConnection connection, string hash, string applicationId, long now) =>
        connection.QuerySingleOrDefaultAsync<BindingTicket?>(
            $"select {Columns} from binding_tickets where hash = @hash and application_id = @applicationId and expires_time > @now", new { hash, applicationId, now });

    /// <summary>A ticket is spent once: false where it was spent, has expired or is another client's.</summary>
    public static async Task<bool> SpendAsync(DbConnection connection, string hash, string applicationId, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "delete from binding_tickets where hash = @hash and application_id = @applicationId and expires_time > @now", new { hash, applicationId, now }, transaction) == 1;
}
