using Postern.Directory.Objects;

namespace Postern.AuthorizationServer.Http;

/// <summary>Which callers a route admits. Each level also admits the callers of the later levels.</summary>
public enum AccessLevel
{
    /// <summary>All callers, with or without credentials.</summary>
    Anonymous,

    /// <summary>A user, or an application by its credentials.</summary>
    SignedIn,

    /// <summary>The user that the object names.</summary>
    Self,

    /// <summary>Administrators and applications of the object's organization (<see cref="Caller.IsAdminOf"/>).</summary>
    Administrator,

    /// <summary>Administrators and applications of the organization <c>built-in</c>.</summary>
    GlobalAdministrator,
}
