using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Postern.Storage.Databases;

namespace Postern.Storage.Tables;

/// <summary>What rules read of an application, which is Casdoor's word for a client (RFC 6749 §1.1).</summary>
public sealed class Application
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Organization { get; init; }

    /// <summary>The id of <see cref="Organization"/>, which decides its permissions.</summary>
    public required string OrganizationId { get; init; }
    public required string ClientId { get; init; }

    /// <summary>Ciphertext; read through <see cref="Secrets.SecretStore"/>.</summary>
    public required string ClientSecret { get; init; }
    public required string DisplayName { get; init; }
    public required bool EnableSignUp { get; init; }
    public required bool EnablePassword { get; init; }
    public required bool DisableSignin { get; init; }
    public required bool IsShared { get; init; }

    /// <summary>What its credentials open beside the token endpoint (<see cref="Tables.ApiAccess"/>).</summary>
    public required string ApiAccess { get; init; }

    /// <summary>Whether its credentials open more than the token endpoint.</summary>
    public bool HasApiAccess => ApiAccess is Tables.ApiAccess.Organization or Tables.ApiAccess.Installation;

    /// <summary>Whether its credentials open the whole installation.</summary>
    public bool IsOfInstallation => ApiAccess == Tables.ApiAccess.Installation || (ApiAccess == Tables.ApiAccess.Organization && Organization == Organizations.BuiltIn);

    /// <summary>
    /// The id of the organization whose certificates may sign for it and prove who it is, beside the installation's. An organization's
    /// administrators may know the private keys of its certificates, so there is none where its credentials open the whole installation.
    /// </summary>
    public string VouchedBy => ApiAccess == Tables.ApiAccess.Installation ? "" : OrganizationId;

    /// <summary>JSON array of provider items.</summary>
    public required string Providers { get; init; }

    /// <summary>JSON array of strings.</summary>
    public required string GrantTypes { get; init; }

    /// <summary>JSON array of strings.</summary>
    public required string RedirectUris { get; init; }

    /// <summary>JSON array of {name,…}.</summary>
    public required string Scopes { get; init; }

    /// <summary>JSON array of {scope,displayName,description}, or null: what a user is asked to allow.</summary>
    public string CustomScopes { get; init; } = "null";
    public required string Cert { get; init; }

    /// <summary>Name of the certificate that its assertions are verified with; empty = none.</summary>
    public string ClientCert { get; init; } = "";

    /// <summary>Where its public keys are; empty = nowhere.</summary>
    public string JwksUri { get; init; } = "";

    /// <summary>Its public keys (RFC 7517), where it registered them; empty = none.</summary>
    public string Jwks { get; init; } = "";
    public required string TokenFormat { get; init; }

    /// <summary>What its id_tokens and userinfo say of the user (<see cref="Tables.IdTokenClaims"/>).</summary>
    public string IdTokenClaims { get; init; } = Tables.IdTokenClaims.Standard;
    public required string TokenSigningMethod { get; init; }
    public required string TokenEndpointAuthMethod { get; init; }

    /// <summary>The name of the profile that it is held to; empty = the usual rules.</summary>
    public string SecurityProfile { get; init; } = "";

    /// <summary>The rules that it is held to.</summary>
    public Protocol.SecurityProfile Profile => Protocol.SecurityProfile.Of(SecurityProfile);

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

    /// <summary>It registered itself (RFC 7591): its owner is not verified.</summary>
    public bool IsSelfRegistered { get; init; }

    /// <summary>
    /// Whether a browser may be redirected there before the user has decided: no administrator vouches for the site of
    /// a client that registered itself (RFC 9700 §4.11.2).
    /// </summary>
    public bool MayLeadTo(string address) => !IsSelfRegistered || Protocol.RedirectUris.StaysOnThisComputer(address);

    /// <summary>Of its organization, read with it: sign-in is disabled for all its users.</summary>
    public required bool OrganizationDisablesSignin { get; init; }

    /// <summary>Of its organization, read with it: the default picture of a new user.</summary>
    public string OrganizationDefaultAvatar { get; init; } = "";

    /// <summary>
    /// Its users are asked: it registered itself, or an administrator made it a client that asks (<c>customScopes</c>). Its tokens tell
    /// what the page named, and no more.
    /// </summary>
    public bool IsThirdParty => IsSelfRegistered || ConsentScopes().Count > 0;

    /// <summary>Its id_tokens have the fields of its access tokens, as Casdoor's have.</summary>
    public bool HasCasdoorsIdTokens => IdTokenClaims == Tables.IdTokenClaims.Casdoor && !IsThirdParty;

    /// <summary>
    /// The header of its access tokens says what Casdoor's says, <c>typ: JWT</c>: resource servers exist that take no other type until
    /// they are told (docs/tokens.md).
    /// </summary>
    public bool HasCasdoorsHeader => HasCasdoorsIdTokens && TokenFormat != "JWT-Standard";

    /// <summary>JSON array of strings: only users with one of these tags sign in to it; none = all.</summary>
    public string Tags { get; init; } = "[]";

    /// <summary>The addresses and networks that its users sign in from; empty = any.</summary>
    public string IpWhitelist { get; init; } = "";

    /// <summary>What it does with a person that no user has the identity of (<see cref="FirstSigninPolicies"/>).</summary>
    public string FirstSigninPolicy { get; init; } = FirstSigninPolicies.Create;

    /// <summary>Whether permissions name it, so that they must be asked.</summary>
    public bool HasPermissions { get; init; }

    /// <summary>Of its organization, read with it, as <see cref="IpWhitelist"/>.</summary>
    public string OrganizationIpWhitelist { get; init; } = "";

    /// <summary>Of its organization, read with it: how old a password may be; 0 = as old as it is.</summary>
    public long OrganizationPasswordExpireDays { get; init; }

    /// <summary>Of its organization, read with it: JSON array of {name,rule}, or null.</summary>
    public string OrganizationMfaItems { get; init; } = "null";

    /// <summary>Whether it is available: a demo application lets a caller sign in as any user, so it needs the sandbox.</summary>
    public bool IsServed(StorageOptions options) => options.HasSandbox || !IsDemo;

    /// <summary>Whether it lists a grant type, and its profile serves that.</summary>
    public bool Lists(string grantType) => Profile.Serves(grantType) && Texts(GrantTypes).Contains(grantType, StringComparer.Ordinal);

    public string[] RedirectUriList() => Texts(RedirectUris);

    /// <summary>The names of its own scopes; none = it may be asked for anything.</summary>
    public IReadOnlyList<string> ScopeNames() => Names(Scopes, "name");

    /// <summary>The scopes that its users are asked to allow.</summary>
    public IReadOnlyList<string> ConsentScopes() => Names(CustomScopes, "scope");

    /// <summary>Whether this user may sign in to it: of its organization, or of any where it is shared.</summary>
    public bool Admits(User user) => user.OrganizationId == OrganizationId || IsShared;

    internal static string[] Texts(string json) => json.Length == 0 ? [] : JsonSerializer.Deserialize(json, ApplicationJson.Default.StringArray) ?? [];

    private static List<string> Names(string json, string property)
    {
        if (json.Length == 0)
        {
            return [];
        }

        using var items = JsonDocument.Parse(json);
        return items.RootElement.ValueKind != JsonValueKind.Array ? [] :
        [
            .. items.RootElement.EnumerateArray()
                .Select(item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(property, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "")
                .Where(name => name.Length > 0),
        ];
    }
}

[JsonSerializable(typeof(string[]))]
public sealed partial class ApplicationJson : JsonSerializerContext;

public static class Applications
{
    public const string BuiltIn = "app-built-in";

    /// <summary>What the console signs in to: shared, public, and nothing else opens it.</summary>
    public const string Console = "app-console";
    public const string ConsoleClientId = "postern-console";

    /// <summary>The tables whose rows belong to an application.</summary>
    private static readonly string[] Owned = ["authorization_codes", "pushed_requests", "device_codes", "logout_notices", "consents", "tokens", "grants", "binding_tickets"];

    private const string Columns =
        """
        select a.id, a.name, a.organization, a.organization_id, a.client_id, a.client_secret, a.display_name, a.enable_sign_up, a.enable_password,
               a.disable_signin, a.is_shared, a.api_access, a.providers, a.grant_types, a.scopes, a.cert, a.token_format, a.id_token_claims,
               a.token_signing_method, a.token_endpoint_auth_method, a.token_fields, a.token_attributes, a.expire_in_hours,
               a.refresh_expire_in_hours, a.cookie_expire_in_hours, a.failed_signin_limit, a.failed_signin_frozen_time, a.is_demo,
               a.redirect_uris, a.custom_scopes, a.client_cert, a.jwks_uri, a.jwks, a.is_self_registered, a.security_profile,
               a.tags, a.ip_whitelist, a.first_signin_policy,
               o.disable_signin as organization_disables_signin, o.default_avatar as organization_default_avatar, o.ip_whitelist as organization_ip_whitelist,
               o.password_expire_days as organization_password_expire_days, o.mfa_items as organization_mfa_items,
               (exists (select 1 from memberships m where m.member_id = a.id and m.list = 'applications' and m.kind = 'permission')
                 or exists (select 1 from memberships m where m.member = a.organization || '/*' and m.list = 'applications' and m.kind = 'permission')) as has_permissions
        from applications a join organizations o on o.id = a.organization_id
        """;

    public static Task<Application?> FindByClientIdAsync(DbConnection connection, string clientId) =>
        connection.QuerySingleOrDefaultAsync<Application?>(Columns + " where a.client_id = @clientId", new { clientId });

    public static Task<Application?> FindByIdAsync(DbConnection connection, string id) =>
        connection.QuerySingleOrDefaultAsync<Application?>(Columns + " where a.id = @id", new { id });

    /// <summary>The id of the application that has this client id now, or null.</summary>
    public static Task<string?> IdOfClientAsync(DbConnection connection, string clientId, DbTransaction transaction) =>
        connection.QuerySingleOrDefaultAsync<string?>("select id from applications where client_id = @clientId", new { clientId }, transaction);

    /// <summary>The application that a registration access token manages, or null (RFC 7592).</summary>
    public static Task<Application?> FindRegisteredAsync(DbConnection connection, string clientId, string registrationHash) =>
        connection.QuerySingleOrDefaultAsync<Application?>(
            Columns + " where a.client_id = @clientId and a.registration_hash = @registrationHash and a.registration_hash <> ''", new { clientId, registrationHash });

    /// <summary>The application that an organization's users sign in to where nothing else names one: its default, else its first.</summary>
    public static Task<string?> OfOrganizationAsync(DbConnection connection, string organization) => connection.QueryFirstOrDefaultAsync<string?>(
        """
        select a.name from applications a join organizations o on o.id = a.organization_id
        where o.name = @organization and not a.is_self_registered
        order by case when a.name = o.default_application then 0 else 1 end, a.created_time, a.id limit 1
        """, new { organization });

    /// <summary>
    /// Deletes applications with all that belongs to them: tokens and codes of a deleted client are invalid, and no later
    /// application with its name or client id gets any of its data (docs/data-ownership.md).
    /// </summary>
    /// <returns>How many there were.</returns>
    public static async Task<int> DeleteAsync(DbConnection connection, IReadOnlyCollection<string> ids, long now, DbTransaction transaction)
    {
        if (ids.Count == 0)
        {
            return 0;
        }

        var parameters = new DynamicParameters(new { now });
        var list = parameters.AddList("id", ids);
        string[] statements =
        [
            $"""
            insert into retired_ids (kind, id, retired_time, holder) select '{RetiredIds.Client}', client_id, @now, '' from applications where id in {list}
            on conflict (kind, id) do update set holder = ''
            """,
            $"update users set signup_application = '' where signup_application in (select name from applications where id in {list})",
            $"update organizations set default_application = '' where default_application in (select name from applications where id in {list})",
            $"delete from client_sessions where application in (select name from applications where id in {list})",
            // Waits for a refresh that has begun, so that none of its rows remains.
            $"update grants set ended_time = @now where application_id in {list}",
            $"delete from refresh_tokens where grant_id in (select id from grants where application_id in {list})",
            .. Owned.Select(table => $"delete from {table} where application_id in {list}"),
        ];
        foreach (var (id, name) in await connection.QueryAsync<(string, string)>($"select id, name from applications where id in {list}", parameters, transaction))
        {
            await PermissionResources.FollowAsync(connection, transaction, id, name, null);
        }

        foreach (var statement in statements)
        {
            await connection.ExecuteAsync(statement, parameters, transaction);
        }

        return await connection.ExecuteAsync($"delete from applications where id in {list}", parameters, transaction);
    }

    /// <summary>Whether this client id belonged to another application once: it is never given again, or an old token would be good at a new client.</summary>
    public static async Task<bool> IsRetiredAsync(DbConnection connection, string clientId, string id, DbTransaction transaction) =>
        await connection.ExecuteScalarAsync<long>(
            "select count(*) from retired_ids where kind = @Client and id = @clientId and holder <> @id", new { RetiredIds.Client, clientId, id }, transaction) > 0;

    /// <summary>Keeps a client id that an application gives up from all others.</summary>
    public static Task RetireAsync(DbConnection connection, string clientId, string id, long now, DbTransaction transaction) => connection.ExecuteAsync(
        """
        insert into retired_ids (kind, id, retired_time, holder) values (@Client, @clientId, @now, @id) on conflict (kind, id) do update set holder = excluded.holder
        """, new { RetiredIds.Client, clientId, id, now }, transaction);

    public static Task<Application?> FindAsync(DbConnection connection, string name) =>
        connection.QuerySingleOrDefaultAsync<Application?>(Columns + " where a.name = @name", new { name });

    /// <summary>The clients that registered themselves in an organization since then; counted up to <paramref name="most"/>.</summary>
    public static Task<long> CountRegisteredAsync(DbConnection connection, string organization, long since, int most, DbTransaction transaction) =>
        connection.ExecuteScalarAsync<long>(
            """
            select count(*) from (select 1 from applications where organization = @organization and is_self_registered and created_time > @since limit @most) registered
            """, new { organization, since, most }, transaction);
}
