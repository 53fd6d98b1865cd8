namespace Postern.Storage.Tables;

/// <summary>What an application does with a person that no user has the identity of (docs/accounts.md).</summary>
public static class FirstSigninPolicies
{
    /// <summary>Creates a user, where sign-up is enabled.</summary>
    public const string Create = "create";

    /// <summary>Refuses the sign-in.</summary>
    public const string LoginOnly = "login-only";

    /// <summary>Asks the person to bind the identity to an existing account.</summary>
    public const string MustBind = "must-bind";

    /// <summary>Asks the person to bind the identity, or to create a user.</summary>
    public const string Ask = "ask";

    public static readonly IReadOnlyList<string> All = [Create, LoginOnly, MustBind, Ask];

    /// <summary>Whether an unknown person gets a binding ticket.</summary>
    public static bool GivesTickets(string policy) => policy is MustBind or Ask;
}
