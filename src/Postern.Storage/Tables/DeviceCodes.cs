using System.Data.Common;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>A device that waits for its user (RFC 8628). Both codes are stored as SHA-256 only.</summary>
public sealed class DeviceCode
{
    public required string Hash { get; init; }
    public required string UserCodeHash { get; init; }
    public required string ApplicationId { get; init; }
    public required string Scope { get; init; }
    public string Resource { get; init; } = "";

    /// <summary>The user who approved it; empty before approval.</summary>
    public string UserId { get; init; } = "";
    public bool IsDenied { get; init; }
    public long AuthTime { get; init; }
    public string Amr { get; init; } = "";

    /// <summary>The shortest wait between two polls; grows with each that comes too soon.</summary>
    public required long IntervalSeconds { get; init; }
    public long PolledTime { get; init; }
    public required long CreatedTime { get; init; }
    public required long ExpiresTime { get; init; }
    public long? UsedTime { get; init; }
}

public static class DeviceCodes
{
    private const string Columns =
        """
        hash, user_code_hash, application_id, scope, resource, user_id, is_denied, auth_time, amr, interval_seconds, polled_time,
        created_time, expires_time, used_time
        """;

    private const string Waiting =
        "(select count(*) from (select 1 from device_codes where application_id = @ApplicationId and expires_time > @CreatedTime limit @most) waiting)";

    private const string Open = "user_id = '' and not is_denied and expires_time > @now";

    /// <summary>False where another device has this user code, or so many of this client wait already.</summary>
    public static async Task<bool> AddAsync(DbConnection connection, DeviceCode code, int most, DbTransaction transaction)
    {
        var values = new DynamicParameters(code);
        values.Add("most", most);
        return await connection.ExecuteAsync(
            $"""
            insert into device_codes ({Columns})
            select @Hash, @UserCodeHash, @ApplicationId, @Scope, @Resource, @UserId, @IsDenied, @AuthTime, @Amr, @IntervalSeconds, @PolledTime,
              @CreatedTime, @ExpiresTime, @UsedTime
            where {Waiting} < @most on conflict do nothing
            """, values, transaction) == 1;
    }

    public static async Task<bool> IsFullAsync(DbConnection connection, string applicationId, int most, long now) =>
        await connection.ExecuteScalarAsync<long>($"select {Waiting}", new { ApplicationId = applicationId, CreatedTime = now, most }) >= most;

    public static Task<DeviceCode?> FindAsync(DbConnection connection, string hash) =>
        connection.QuerySingleOrDefaultAsync<DeviceCode?>($"select {Columns} from device_codes where hash = @hash", new { hash });

    /// <summary>The device that shows this code, while it still waits.</summary>
    public static Task<DeviceCode?> FindWaitingAsync(DbConnection connection, string userCodeHash, long now) =>
        connection.QuerySingleOrDefaultAsync<DeviceCode?>(
            $"select {Columns} from device_codes where user_code_hash = @userCodeHash and {Open}", new { userCodeHash, now });

    /// <summary>Notes a poll; one that comes too soon makes the wait five seconds longer from then on (RFC 8628 §3.5), and is false.</summary>
    public static async Task<bool> PollAsync(DbConnection connection, string hash, long now, DbTransaction transaction)
    {
        if (await connection.ExecuteAsync(
            "update device_codes set polled_time = @now where hash = @hash and polled_time + interval_seconds * 1000 <= @now", new { hash, now }, transaction) == 1)
        {
            return true;
        }

        await connection.ExecuteAsync("update device_codes set polled_time = @now, interval_seconds = interval_seconds + 5 where hash = @hash", new { hash, now }, transaction);
        return false;
    }

    /// <summary>One statement decides: false where the user has decided already, or the time is up. Without a user it is a refusal.</summary>
    public static async Task<bool> DecideAsync(DbConnection connection, string userCodeHash, string userId, long authTime, string amr, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            $"""
            update device_codes set user_id = @userId, is_denied = @isDenied, auth_time = @authTime, amr = @amr
            where user_code_hash = @userCodeHash and {Open}
            """, new { userCodeHash, userId, isDenied = userId.Length == 0, authTime, amr, now }, transaction) == 1;

    /// <summary>One statement decides who redeems it.</summary>
    public static async Task<bool> UseAsync(DbConnection connection, string hash, long now, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "update device_codes set used_time = @now where hash = @hash and used_time is null", new { hash, now }, transaction) == 1;

    /// <summary>A sign-out everywhere, or of one client, takes what its user approved and the device has not fetched.</summary>
    public static Task<int> DropOfUserAsync(DbConnection connection, string userId, string? applicationId, long now, DbTransaction transaction) =>
        connection.ExecuteAsync(
            """
            delete from device_codes where user_id = @userId and (@applicationId = '' or application_id = @applicationId) and used_time is null and expires_time > @now
            """, new { userId, applicationId = applicationId ?? "", now }, transaction);
}
