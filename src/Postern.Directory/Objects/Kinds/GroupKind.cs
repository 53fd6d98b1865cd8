using Postern.Protocol;

namespace Postern.Directory.Objects.Kinds;

/// <summary>Group: a group of users of one organization; they form a tree by <see cref="GroupParents"/>.</summary>
internal static class GroupKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("group", "groups", "Group",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, manager S, contactEmail S, type S, parentId S, parentName S,
            isTopGroup B, users S[](20000), haveChildren B, isEnabled B, gidNumber I(0..4294967295), properties M
            """) with
    {
        KeptOnly = ObjectShape.Words("isEnabled gidNumber"),
        NeverStored = new HashSet<string> { "users", "parentName", "haveChildren", "children", "title", "key" },
        OtherRoutes = new Dictionary<string, LocalizedText>
        {
            ["users"] = new("use update-user with its groups", "请使用 update-user 并设置其 groups"),
            ["parentName"] = new("it is the displayName of the group that parentId names", "它是 parentId 所指群组的 displayName"),
            ["haveChildren"] = new("use update-group with parentId of the other group", "请用 update-group 修改另一群组的 parentId"),
            ["children"] = new("use update-group with parentId of the other group", "请用 update-group 修改另一群组的 parentId"),
        },
        Derived = new(GroupParents.List, GroupParents.Of, "owner", "parentId"),
    };
}
