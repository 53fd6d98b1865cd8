using System.Text.Json.Nodes;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Permission: which users, groups and roles may do what with which resources.</summary>
public static class PermissionKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("permission", "permissions", "Permission",
            """
            owner N, name N, createdTime S, displayName S, description T, users S[](10000), groups S[](10000), roles S[](10000),
            domains S[]!, model S, adapter S, resourceType S, resources S[], actions S[], effect S, isEnabled B, expireTime S, submitter S,
            approver S, approveTime S, state S
            """) with
    {
        KeptOnly = ObjectShape.Words("expireTime"),
        Lists = ["users", "groups", "roles"],
        Names = ["model", "adapter"],
        Derived = new(Memberships.Applications, Applications, "owner", "organization", "resourceType", "resources"),
    };

    /// <summary>The applications that it decides on, as the gate of sign-ins finds them: <c>*</c> is every one of the organization.</summary>
    private static IReadOnlyList<string> Applications(JsonObject permission) =>
        ObjectTarget.Text(permission, "resourceType") != "Application" ? [] :
        [
            .. (permission["resources"] as JsonArray ?? []).Select(r => r?.GetValue<string>() ?? "").Where(r => r.Length > 0)
                .Select(r => r == "*" ? ObjectTarget.OrganizationOf(Kind, permission) + "/*" : r.StartsWith("admin/", StringComparison.Ordinal) ? r : "admin/" + r)
                .Distinct(StringComparer.Ordinal),
        ];
}
