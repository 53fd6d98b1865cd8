using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Permission (contract 4.7): which users, groups and roles may do what with which resources.</summary>
internal static class PermissionKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("permission", "permissions", "Permission",
            """
            owner N, name N, createdTime S, displayName S, description T, users S[](10000), groups S[](10000), roles S[](10000),
            domains S[]!, model S, adapter S, resourceType S, resources S[], actions S[], effect S, isEnabled B, expireTime S, submitter S,
            approver S, approveTime S, state S
            """) with
    {
        Lists = ["users", "groups", "roles"],
        Names = ["model", "adapter"],
    };
}
