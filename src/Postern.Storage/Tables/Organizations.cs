using System.Data.Common;
using System.Text.Json;
using Dapper;
using Npgsql;
using Postern.Storage.Secrets;

namespace Postern.Storage.Tables;

/// <summary>What rules read of an organization: a pool of users.</summary>
public sealed class Organization
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string DisplayName { get; init; }
    public required string PasswordType { get; init; }
    public required string DefaultApplication { get; init; }

    /// <summary>JSON array of Casdoor's account items.</summary>
    public required string AccountItems { get; init; }
    public required bool DisableSignin { get; init; }
    public required bool EnableSoftDeletion { get; init; }
    public required bool IsProfilePublic { get; init; }
    public required long TokenRetentionDays { get; init; }
    public required long RecordRetentionDays { get; init; }

    /// <summary>JSON array of what a password must have: <c>AtLeast6</c>, <c>Aa123</c>…</summary>
    public required string PasswordOptions { get; init; }

    /// <summary>The default picture of a new user.</summary>
    public required string DefaultAvatar { get; init; }

    /// <summary>The token format of a new application that names none.</summary>
    public required string DefaultTokenFormat { get; init; }

    /// <summary>Whether users may be named by an e-mail address.</summary>
    public required bool UseEmailAsUsername { get; init; }
    public required bool IsDemo { get; init; }

    /// <summary>Which callers may register a client (RFC 7591): <c>open</c> all, <c>token</c> those with an administrator's token, otherwise none.</summary>
    public string DcrPolicy { get; init; } = "";
}

public static class Organizations
{
    public const string BuiltIn = "built-in";

    /// <summary>Keeps the row from being renamed or deleted until the transaction ends; false where there is none.</summary>
    public static async Task<bool> LockAsync(DbConnection connection, string name, DbTransaction transaction) =>
        await connection.ExecuteAsync("update organizations set created_time = created_time where name = @name", new { name }, transaction) == 1;

    /// <summary>The organization's id, and its name kept from being given to another until the transaction ends; null where there is none.</summary>
    public static Task<string?> HoldAsync(DbConnection connection, string name, DbTransaction transaction) =>
        connection.QuerySingleOrDefaultAsync<string?>("select id from organizations where name = @name" + HoldingOf(connection), new { name }, transaction);

    /// <summary>What a select of organizations ends with so that none of them is renamed or deleted meanwhile; SQLite has one writer.</summary>
    internal static string HoldingOf(DbConnection connection) => connection is NpgsqlConnection ? " for key share" : "";

    /// <summary>The id of the organization that has this name now, or null.</summary>
    public static Task<string?> IdOfAsync(DbConnection connection, string name) =>
        connection.QuerySingleOrDefaultAsync<string?>("select id from organizations where name = @name", new { name });

    /// <summary>
    /// Deletes an organization that has nothing of its own any more, with what refers to it beside the trail of what was done,
    /// which global administrators read (docs/data-ownership.md). False where something came into it meanwhile.
    /// </summary>
    public static async Task<bool> DeleteAsync(DbConnection connection, string name, DbTransaction transaction)
    {
        // Waits for a concurrent transaction that adds something to it, so that the next statement sees that.
        var lockRow = connection is NpgsqlConnection ? " for update" : "";
        if (await connection.QuerySingleOrDefaultAsync<string?>("select id from organizations where name = @name" + lockRow, new { name }, transaction) is not { } id
            || await connection.ExecuteScalarAsync<long>(
                $"select count(*) from ({string.Join(" union all ", Dependents.Select(d => $"select 1 from {d.Table} where {d.Column} = @name"))}) found", new { name }, transaction) > 0)
        {
            return false;
        }

        foreach (var table in Owned)
        {
            await connection.ExecuteAsync($"delete from {table} where organization_id = @id", new { id }, transaction);
        }

        await connection.ExecuteAsync("delete from client_sessions where owner = @name", new { name }, transaction);
        await connection.ExecuteAsync("delete from user_counts where owner = @name", new { name }, transaction);
        return await connection.ExecuteAsync("delete from organizations where id = @id", new { id }, transaction) == 1;
    }

    /// <summary>What an organization must be without to be deleted, by the name that is kept beside its id.</summary>
    public static readonly (string Table, string Column)[] Dependents =
        [("users", "owner"), ("applications", "organization"), ("providers", "owner"), ("certs", "owner"), ("objects", "organization")];

    /// <summary>The tables whose rows end with it.</summary>
    private static readonly string[] Owned = ["tokens", "external_identities", "identity_conflicts", "unbound_identities", "binding_tickets", "statistics"];

    /// <summary>The salt that Casdoor's kinds of hash share within an organization: "" where it has none, null where there is no such organization.</summary>
    public static async Task<string?> PasswordSaltAsync(DbConnection connection, SecretStore secrets, string name)
    {
        var (id, bag) = await connection.QuerySingleOrDefaultAsync<(string?, string?)>("select id, secrets from organizations where name = @name", new { name });
        if (string.IsNullOrEmpty(bag))
        {
            return id is null ? null : "";
        }

        using var document = JsonDocument.Parse(secrets.Read(SecretColumn.OrganizationSecrets, id!, bag));
        return document.RootElement.TryGetProperty("passwordSalt", out var salt) && salt.ValueKind == JsonValueKind.String ? salt.GetString()! : "";
    }

    /// <summary>The organization that a client registers in: the named one; where none is named, the one that permits it, if only one does.</summary>
    public static async Task<Organization?> FindForRegistrationAsync(DbConnection connection, string name)
    {
        if (name.Length > 0)
        {
            return await FindAsync(connection, name);
        }

        var open = (await connection.QueryAsync<string>(
            "select name from organizations where dcr_policy in ('open', 'token') and name <> @BuiltIn order by name limit 2", new { BuiltIn })).ToList();
        return open is [var only] ? await FindAsync(connection, only) : null;
    }

    public static Task<Organization?> FindAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Organization?>(
            """
            select id, name, display_name, password_type, default_application, account_items, disable_signin, enable_soft_deletion,
                   is_profile_public, token_retention_days, record_retention_days, password_options, default_avatar, default_token_format,
                   use_email_as_username, is_demo, dcr_policy
            from organizations where name = @name
            """, new { name }, transaction);
}
