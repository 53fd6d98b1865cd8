using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

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
    public required bool IsDemo { get; init; }
}

public static class Organizations
{
    public const string BuiltIn = "built-in";

    public static Task<Organization?> FindAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<Organization?>(
            """
            select id, name, display_name, password_type, default_application, account_items, disable_signin, enable_soft_deletion,
                   is_profile_public, token_retention_days, record_retention_days, is_demo
            from organizations where name = @name
            """, new { name }, transaction);
}
