using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Kinds;

/// <summary>Group (contract 4.7): a group of users of one organization; its name is unique over all owners.</summary>
internal static class GroupKind
{
    public static readonly ObjectKind Kind = ObjectKind.Shared("group", "groups", "Group",
            """
            owner N, name N, createdTime S, updatedTime S, displayName S, manager S, contactEmail S, type S, parentId S, parentName S,
            isTopGroup B, users S[](20000), haveChildren B, isEnabled B, gidNumber I(0..4294967295), properties M
            """) with
    {
        NeverStored = new HashSet<string> { "users", "haveChildren", "children", "title", "key" },
        OtherRoutes = new Dictionary<string, string>
        {
            ["users"] = "use update-user with its groups",
            ["haveChildren"] = "use update-group with parentId of the other group",
            ["children"] = "use update-group with parentId of the other group",
        },
        Lookup = "name",
        Derived = new("parent", group => ObjectTarget.Text(group, "parentId") is { Length: > 0 } parent ? [parent] : [], "parentId"),
    };
}
