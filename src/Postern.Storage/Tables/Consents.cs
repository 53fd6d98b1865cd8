using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;

namespace Postern.Storage.Tables;

/// <summary>What one user allowed one client to ask for without another question (docs/decisions/0018-consent-is-remembered.md).</summary>
public sealed record Consent
{
    public required string UserId { get; init; }
    public required string ApplicationId { get; init; }

    /// <summary>The origin of the redirect address that the page named; "" for a client that an administrator made, who decides about its addresses.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What the client was when it was allowed (<see cref="Consents.HashOf(Application)"/>); "" in rows of before there was one.</summary>
    public string ClientHash { get; init; } = "";

    /// <summary>What was allowed, one word for each thing that the page asked for.</summary>
    public required string Scope { get; init; }
    public required long CreatedTime { get; init; }
}

public static class Consents
{
    /// <summary>The oldest is forgotten for one more, and its client asks again.</summary>
    public const int MostPerUser = 200;

    /// <summary>A consent that would have more characters is replaced by the latest one.</summary>
    public const int LongestScope = 4000;

    private const string Columns = "user_id, application_id, origin, client_hash, scope, created_time";
    private const string Same = "user_id = @UserId and application_id = @ApplicationId and origin = @Origin and client_hash = @ClientHash and scope = @Scope and created_time = @CreatedTime";

    /// <summary>The properties that users recognize a client by. Its consents end when these change, because users have not seen the new ones.</summary>
    public static string HashOf(Application application) => HashOf(application.Name, application.DisplayName, application.RedirectUriList());

    public static string HashOf(string name, string displayName, IEnumerable<string> redirectUris) =>
        HashOf([name, displayName, .. redirectUris.Order(StringComparer.Ordinal)]);

    public static string HashOf(string[] texts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(texts, ApplicationJson.Default.StringArray)));

    /// <summary>What the same user allowed the same client at the same origin, if the client is unchanged since then; otherwise null.</summary>
    public static Task<Consent?> FindAsync(DbConnection connection, Consent wanted, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Consent?>(
            $"""
            select {Columns} from consents where user_id = @UserId and application_id = @ApplicationId and origin = @Origin
              and (client_hash = @ClientHash or (client_hash = '' and origin = ''))
            """, wanted, transaction);

    /// <summary>Whether a consent is for the client as it is now.</summary>
    public static bool IsFor(string consented, string origin, string clientHash) => consented == clientHash || (consented.Length == 0 && origin.Length == 0);

    /// <summary>Whether nothing took it back since it was read; locks the row against a concurrent end.</summary>
    public static async Task<bool> IsAsReadAsync(DbConnection connection, Consent read, DbTransaction transaction) =>
        await connection.ExecuteAsync($"update consents set created_time = created_time where {Same}", read, transaction) == 1;

    /// <summary>Adds to the earlier consent; if that was revoked meanwhile, only the new consent is kept.</summary>
    /// <param name="connection">To write with.</param>
    /// <param name="allowed">What was allowed now.</param>
    /// <param name="before">As read; null = nothing.</param>
    /// <param name="transaction">To write in.</param>
    public static async Task PutAsync(DbConnection connection, Consent allowed, Consent? before, DbTransaction transaction)
    {
        if (before is not null && await IsAsReadAsync(connection, before, transaction))
        {
            var both = string.Join(' ', before.Scope.Split(' ').Union(allowed.Scope.Split(' ')));
            allowed = both.Length <= LongestScope ? allowed with { Scope = both } : allowed;
        }

        await connection.ExecuteAsync(
            $"""
            insert into consents ({Columns}) values (@UserId, @ApplicationId, @Origin, @ClientHash, @Scope, @CreatedTime)
            on conflict (user_id, application_id, origin) do update set client_hash = excluded.client_hash, scope = excluded.scope, created_time = excluded.created_time
            """, allowed, transaction);
        await connection.ExecuteAsync(
            """
            delete from consents where user_id = @UserId
              and created_time <= (select created_time from consents where user_id = @UserId order by created_time desc limit 1 offset @MostPerUser)
            """, new { allowed.UserId, MostPerUser }, transaction);
    }

    public static Task<int> DeleteAsync(DbConnection connection, string userId, string applicationId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from consents where user_id = @userId and application_id = @applicationId", new { userId, applicationId }, transaction);

    /// <summary>Ends the consents to a client whose recognizable properties changed.</summary>
    public static Task<int> DeleteOfApplicationAsync(DbConnection connection, string applicationId, DbTransaction transaction) =>
        connection.ExecuteAsync("delete from consents where application_id = @applicationId", new { applicationId }, transaction);
}
