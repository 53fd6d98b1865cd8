using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Role (contract 4.7): who holds it may do what permissions give it.</summary>
internal static class RoleKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("role", "roles", "Role",
            """
            owner S, name S, createdTime S, displayName S, description S, users S[], groups S[], roles S[], domains S[],
            isEnabled B
            """) with
    {
        Lists = ["users", "groups", "roles"],
    };
}
