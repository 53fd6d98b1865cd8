namespace Postern.Directory.Objects.Kinds;

/// <summary>Role: its holders may do what permissions allow it.</summary>
internal static class RoleKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("role", "roles", "Role",
            """
            owner N, name N, createdTime S, displayName S, description T, users S[](20000), groups S[](20000), roles S[](20000),
            domains S[], isEnabled B
            """) with
    {
        KeptOnly = ObjectShape.Words("domains"),
        Lists = ["users", "groups", "roles"],
    };
}
