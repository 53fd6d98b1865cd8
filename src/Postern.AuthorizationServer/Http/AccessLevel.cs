using Postern.Directory.Objects;

namespace Postern.AuthorizationServer.Http;

/// <summary>Whom a route admits. Each admits also whom the later ones admit.</summary>
public enum AccessLevel
{
    /// <summary>Nobody at all, and everybody else.</summary>
    Anonymous,

    /// <summary>A user, or an application by its credentials.</summary>
    SignedIn,

    /// <summary>The user whom the object names.</summary>
    Self,

    /// <summary>Administrators and applications of the object's organization (<see cref="Caller.IsAdminOf"/>).</summary>
    Administrator,

    /// <summary>Administrators and applications of the organization <c>built-in</c>.</summary>
    GlobalAdministrator,
}
