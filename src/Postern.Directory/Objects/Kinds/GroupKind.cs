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
        OtherRoutes = new Dictionary<string, string>
        {
            ["users"] = "use update-user with its groups",
            ["parentName"] = "it is the displayName of the group that parentId names",
            ["haveChildren"] = "use update-group with parentId of the other group",
            ["children"] = "use update-group with parentId of the other group",
        },
        Derived = new(GroupParents.List, GroupParents.Of, "owner", "parentId"),
    };
}
