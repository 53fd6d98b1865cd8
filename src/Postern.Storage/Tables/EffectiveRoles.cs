using System.Text.Json.Nodes;

namespace Postern.Storage.Tables;

/// <summary>What is assigned to a user: the user's groups, and the roles and permissions that apply to the user.</summary>
/// <param name="Groups">As <c>organization/name</c>, in the user's order.</param>
/// <param name="Roles">Enabled ones, the oldest first, as tokens and readers see them. Other users may hold the same nodes: clone them.</param>
/// <param name="Permissions">Enabled and approved ones, likewise.</param>
public sealed record EffectiveRoles(IReadOnlyList<string> Groups, IReadOnlyList<JsonObject> Roles, IReadOnlyList<JsonObject> Permissions)
{
    public static readonly EffectiveRoles None = new([], [], []);

    public IEnumerable<string> RoleNames => Names(Roles);

    public IEnumerable<string> PermissionNames => Names(Permissions);

    private static IEnumerable<string> Names(IEnumerable<JsonObject> objects) => objects.Select(o => o["name"]!.GetValue<string>());
}
