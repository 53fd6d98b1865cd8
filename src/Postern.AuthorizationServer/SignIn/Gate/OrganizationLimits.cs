using System.Data.Common;
using Dapper;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>What an organization asks of sign-ins of its users.</summary>
internal sealed record OrganizationLimits(bool DisableSignin, string IpWhitelist, long PasswordExpireDays, string MfaItems)
{
    /// <summary>Where there is no such organization: nothing can begin.</summary>
    private static readonly OrganizationLimits Gone = new(true, "", 0, "null");

    /// <summary>The application's own organization, which was read with it.</summary>
    public static OrganizationLimits Of(Application application) => new(
        application.OrganizationDisablesSignin, application.OrganizationIpWhitelist, application.OrganizationPasswordExpireDays, application.OrganizationMfaItems);

    /// <summary>The limits of the user's organization, for a user who signs in to a shared application of another organization.</summary>
    public static async Task<OrganizationLimits> FindAsync(DbConnection connection, string id) =>
        await connection.QuerySingleOrDefaultAsync<OrganizationRow?>(
            "select disable_signin, ip_whitelist, password_expire_days, mfa_items from organizations where id = @id", new { id }) is { } row
            ? new(row.DisableSignin, row.IpWhitelist, row.PasswordExpireDays, row.MfaItems)
            : Gone;

    private sealed class OrganizationRow
    {
        public required bool DisableSignin { get; init; }
        public required string IpWhitelist { get; init; }
        public required long PasswordExpireDays { get; init; }
        public required string MfaItems { get; init; }
    }
}
