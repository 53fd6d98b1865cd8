using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

public enum CallerKind
{
    Anonymous,
    User,
    Application,
}

/// <summary>Who calls the Casdoor API: a user, an application by its own credentials, or nobody.</summary>
public sealed record Caller
{
    public static readonly Caller Anonymous = new();

    public User? User { get; init; }

    /// <summary>Set where the application calls for itself; a user's token does not make the client a caller.</summary>
    public Application? Application { get; init; }

    /// <summary>The access token of the call, if it had one.</summary>
    public Token? Token { get; init; }

    /// <summary>The client that <see cref="Token"/> was issued to.</summary>
    public Application? Client { get; init; }

    /// <summary>What the caller's token opens of our API; sessions and credentials open all of it.</summary>
    public Opens Opens { get; init; } = Opens.Everything;

    /// <summary>The session that identified the caller: SHA-256 of its cookie, and when it began.</summary>
    public string? SessionHash { get; init; }

    public long SessionTime { get; init; }

    /// <summary>The call comes through a client that registered itself: nobody of us knows who made it (RFC 7591).</summary>
    public bool IsOfUnknownClient => Client is { IsSelfRegistered: true } || Application is { IsSelfRegistered: true };

    public CallerKind Kind => User is not null ? CallerKind.User : Application is not null ? CallerKind.Application : CallerKind.Anonymous;

    /// <summary>The user's organization, or the application's; empty for nobody.</summary>
    public string Organization => User?.Owner ?? Application?.Organization ?? "";

    /// <summary>Its id; empty for nobody.</summary>
    public string OrganizationId => User?.OrganizationId ?? Application?.OrganizationId ?? "";

    public string Name => User?.Name ?? Application?.Name ?? "";

    /// <summary>The user's id; empty for an application.</summary>
    public string UserId => User?.Id ?? "";

    /// <summary>How a record names the caller.</summary>
    public string RecordName => Kind == CallerKind.Application ? "app/" + Name : Name;

    /// <summary>May do everything: an administrator of <c>built-in</c>, or an application whose credentials open the whole installation.</summary>
    public bool IsGlobalAdmin => !IsOfUnknownClient && (User is { IsGlobalAdmin: true } || Application is { IsOfInstallation: true });

    /// <summary>Administers its own organization, or all.</summary>
    public bool IsAdmin => IsAdminOf(Organization);

    /// <summary>Administers this organization: its own administrators, its applications, and the global ones.</summary>
    public bool IsAdminOf(string organization) =>
        organization.Length > 0
        && !IsOfUnknownClient
        && (IsGlobalAdmin
            || (User is { IsAdmin: true } user && user.Owner == organization)
            || (Application is { HasApiAccess: true } application && application.Organization == organization));
}
