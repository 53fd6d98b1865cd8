namespace Postern.AuthorizationServer.SignIn.Gate;

/// <summary>All that the rules read. They are pure: the same facts have the same verdict.</summary>
internal sealed record GateFacts(SignInAttempt Attempt, OrganizationLimits Organization, UserLimits Limits, long Now)
{
    /// <summary>Whether users and applications of the demonstration exist here.</summary>
    public required bool HasSandbox { get; init; }

    /// <summary>Whether the user has a second factor that was kept as a secret.</summary>
    public bool HasSecretFactor { get; init; }

    /// <summary>What permissions say of this application to this user.</summary>
    public PermissionVerdict Permissions { get; init; }
}
