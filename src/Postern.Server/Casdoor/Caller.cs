using Postern.Server.Data;

namespace Postern.Server.Casdoor;

/// <summary>Who calls the API: a user, an application with its own credentials, or nobody.</summary>
public sealed class Caller
{
    public static readonly Caller Nobody = new();

    public User? User { get; init; }

    /// <summary>Set where the application calls for itself; a user's token does not make the client a caller.</summary>
    public Application? Application { get; init; }

    /// <summary>The access token of the call, if it had one.</summary>
    public Token? Token { get; init; }

    /// <summary>The client that <see cref="Token"/> was issued to.</summary>
    public Application? Client { get; init; }

    /// <summary>SHA-256 of the session cookie, where that is what identified the caller.</summary>
    public string? SessionHash { get; init; }

    public bool IsNobody => User is null && Application is null;

    public bool IsGlobalAdmin => User is { IsGlobalAdmin: true } || Application is { ApiAccess: true, Organization: Organizations.BuiltIn };

    /// <summary>The organization that the caller belongs to; empty for nobody.</summary>
    public string Organization => User?.Owner ?? Application?.Organization ?? "";

    /// <summary>How a record and <c>registerSource</c> name the caller.</summary>
    public string Name => User?.Name ?? (Application is null ? "" : "app/" + Application.Name);

    /// <summary>Administers this organization: its own administrators, its applications, and the global ones.</summary>
    public bool IsAdminOf(string organization) =>
        IsGlobalAdmin
        || (User is { IsAdmin: true } user && user.Owner == organization)
        || (Application is { ApiAccess: true } application && application.Organization == organization);

    public bool Is(string userId) => User?.Id == userId;
}
