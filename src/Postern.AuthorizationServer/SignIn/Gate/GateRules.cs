using Postern.Directory.Credentials;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>The rules in the order in which they are asked (docs/sign-in-rules.md).</summary>
internal static class GateRules
{
    /// <summary>Why the user may not sign in, or null.</summary>
    public static GateRefusal? Judge(GateFacts facts)
    {
        var (attempt, limits) = (facts.Attempt, facts.Limits);
        var (application, user) = (attempt.Application, attempt.User);
        return user.IsForbidden ? GateRefusal.Forbidden
            : user.IsDeleted || (user.IsDemo && !facts.HasSandbox) ? GateRefusal.Deleted
            : application.DisableSignin || application.OrganizationDisablesSignin ? GateRefusal.SignInOff
            : facts.Organization.DisableSignin ? GateRefusal.OrganizationOff
            : !application.Admits(user) ? GateRefusal.OtherOrganization
            : attempt.UserAddress is { } address && !AdmitsAddress(facts, address) ? GateRefusal.Address
            : facts.Permissions == PermissionVerdict.Refused ? GateRefusal.NotAllowed
            : !ApplicationTags.Admit(application, user, limits.Tag) ? GateRefusal.Tag
            : !attempt.IsByPassword ? null
            : JudgeSecondFactors(facts)
                // The last rule: a user who is asked for a new password passed all other rules.
                ?? PasswordAge.Judge(user, limits, facts.Organization.PasswordExpireDays, facts.Now);
    }

    /// <summary>Runs before the user is known: refusals that do not depend on the user.</summary>
    public static GateRefusal? JudgeApplication(Application application, string address) =>
        application.DisableSignin || application.OrganizationDisablesSignin ? GateRefusal.SignInOff
        : !AddressList.Admits(application.IpWhitelist, address) || !AddressList.Admits(application.OrganizationIpWhitelist, address) ? GateRefusal.Address
        : null;

    /// <summary>
    /// Permissions and tags of applications don't bind the administrators who write them. In a shared application an administrator of another
    /// organization is a user like the others.
    /// </summary>
    public static bool IsExempt(Application application, User user) =>
        user.Owner == Organizations.BuiltIn || (user.IsAdmin && user.OrganizationId == application.OrganizationId);

    private static GateRefusal? JudgeSecondFactors(GateFacts facts) =>
        facts.Limits.HasFactor || facts.HasSecretFactor ? GateRefusal.SecondFactor
        : SecondFactors.Requires(facts.Limits.MfaItems.Length > 0 ? facts.Limits.MfaItems : facts.Organization.MfaItems) ? GateRefusal.SecondFactorRequired
        : null;

    private static bool AdmitsAddress(GateFacts facts, string address) =>
        AddressList.Admits(facts.Attempt.Application.IpWhitelist, address) && AddressList.Admits(facts.Attempt.Application.OrganizationIpWhitelist, address)
        && AddressList.Admits(facts.Organization.IpWhitelist, address) && AddressList.Admits(facts.Limits.IpWhitelist, address);
}
