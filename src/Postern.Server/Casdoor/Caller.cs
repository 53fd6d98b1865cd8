namespace Postern.Server.Casdoor;

public enum CallerKind
{
    Nobody,
    User,
    Application,
}

/// <summary>Who calls the Casdoor API: a user, an application by its credentials, or nobody.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Organization">The user's organization, or the application's.</param>
/// <param name="Name">The user's name, or the application's.</param>
/// <param name="UserId">The user's id; empty for an application.</param>
/// <param name="IsGlobalAdmin">May do everything: an administrator of <c>built-in</c>, or an application of it.</param>
public sealed record Caller(CallerKind Kind, string Organization, string Name, string UserId, bool IsGlobalAdmin)
{
    public static readonly Caller Nobody = new(CallerKind.Nobody, "", "", "", false);
}
