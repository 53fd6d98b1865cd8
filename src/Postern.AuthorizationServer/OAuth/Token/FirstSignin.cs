using Postern.Directory.Statistics;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Token;

/// <summary>What an application does with a person that no user has the identity of.</summary>
/// <param name="Creates">It creates a user at once.</param>
/// <param name="GivesTickets">It answers with a binding ticket.</param>
/// <param name="MayCreate">The person may ask for a new user.</param>
internal sealed record FirstSignin(bool Creates, bool GivesTickets, bool MayCreate)
{
    public static readonly OAuthError SignUpOff =
        OAuthError.InvalidGrant("the application does not allow to sign up new account", "该应用未开放注册新账号") with { Cause = FailureReasons.SignUpOff };

    public static FirstSignin Of(Application application, MiniProgram program)
    {
        // No sign-in ever creates a user in built-in: its administrators control the whole installation.
        var isOpen = application.EnableSignUp && program.CanSignUp && application.Organization != Organizations.BuiltIn;
        return new(
            isOpen && application.FirstSigninPolicy == FirstSigninPolicies.Create,
            FirstSigninPolicies.GivesTickets(application.FirstSigninPolicy),
            isOpen && application.FirstSigninPolicy is FirstSigninPolicies.Create or FirstSigninPolicies.Ask);
    }
}
