using System.Data.Common;
using Dapper;

namespace Postern.Server.Data;

/// <summary>What rules read of an application, which is Casdoor's word for a client (RFC 6749 §1.1).</summary>
public sealed class Application
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Organization { get; init; }
    public required string ClientId { get; init; }

    /// <summary>Ciphertext; read through <see cref="Secrets.SecretStore"/>.</summary>
    public required string ClientSecret { get; init; }
    public required string DisplayName { get; init; }
    public required bool EnableSignUp { get; init; }
    public required bool EnablePassword { get; init; }
    public required bool DisableSignin { get; init; }
    public required bool IsShared { get; init; }

    /// <summary>Whether its credentials open more than the token endpoint.</summary>
    public required bool ApiAccess { get; init; }

    /// <summary>JSON array of provider items.</summary>
    public required string Providers { get; init; }

    /// <summary>JSON array of strings.</summary>
    public required string GrantTypes { get; init; }

    /// <summary>JSON array of {name,…}.</summary>
    public required string Scopes { get; init; }
    public required string Cert { get; init; }
    public required string TokenFormat { get; init; }
    public required string TokenSigningMethod { get; init; }
    public required string TokenEndpointAuthMethod { get; init; }

    /// <summary>JSON array of strings.</summary>
    public required string TokenFields { get; init; }

    /// <summary>JSON array of {name,category,value,type}.</summary>
    public required string TokenAttributes { get; init; }
    public required double ExpireInHours { get; init; }
    public required double RefreshExpireInHours { get; init; }
    public required long CookieExpireInHours { get; init; }
    public required long FailedSigninLimit { get; init; }
    public required long FailedSigninFrozenTime { get; init; }
    public required bool IsDemo { get; init; }

    /// <summary>Of its organization, read with it: sign-in there is closed for everybody.</summary>
    public required bool OrganizationDisablesSignin { get; init; }

    /// <summary>Of its organization, read with it: the picture of a new user who brings none.</summary>
    public string OrganizationDefaultAvatar { get; init; } = "";
}

public static class Applications
{
    public const string BuiltIn = "app-built-in";

    private const string Columns =
        """
        select a.id, a.name, a.organization, a.client_id, a.client_secret, a.display_name, a.enable_sign_up, a.enable_password,
               a.disable_signin, a.is_shared, a.api_access, a.providers, a.grant_types, a.scopes, a.cert, a.token_format,
               a.token_signing_method, a.token_endpoint_auth_method, a.token_fields, a.token_attributes, a.expire_in_hours,
               a.refresh_expire_in_hours, a.cookie_expire_in_hours, a.failed_signin_limit, a.failed_signin_frozen_time, a.is_demo,
               o.disable_signin as organization_disables_signin, o.default_avatar as organization_default_avatar
        from applications a join organizations o on o.name = a.organization
        """;

    public static Task<Application?> FindByClientIdAsync(DbConnection connection, string clientId) =>
        connection.QuerySingleOrDefaultAsync<Application?>(Columns + " where a.client_id = @clientId", new { clientId });

    public static Task<Application?> FindAsync(DbConnection connection, string name) =>
        connection.QuerySingleOrDefaultAsync<Application?>(Columns + " where a.name = @name", new { name });
}
