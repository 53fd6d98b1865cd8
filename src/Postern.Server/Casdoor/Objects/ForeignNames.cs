using System.Text.Json.Nodes;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Objects;

/// <summary>
/// What an object names of other organizations, written <c>organization/name</c>: judged when it is written, by who writes it. The models of
/// <c>built-in</c> are everybody's.
/// </summary>
internal static class ForeignNames
{
    /// <param name="kind">What names others.</param>
    /// <param name="document">The properties to be judged.</param>
    /// <param name="organization">Whose the object will be.</param>
    /// <param name="caller">Who writes it.</param>
    /// <returns>The sentence that refuses it, or null. It says nothing of what exists there.</returns>
    public static string? Refuse(ObjectKind kind, JsonObject document, string organization, Caller caller)
    {
        foreach (var property in kind.Names)
        {
            var named = ObjectTarget.Text(document, property);
            if (ObjectId.TryRead(named, out var id) && id.Owner != organization && !MayName(property, id.Owner, caller))
            {
                return $"the {property} {named} is not of the organization {organization}: name one of its own, written {organization}/name";
            }
        }

        return null;
    }

    /// <summary>Whether who judges by it, or names it, may use what this organization keeps.</summary>
    public static bool MayName(string property, string organization, Caller caller) =>
        (property == "model" && organization == Organizations.BuiltIn) || caller.IsAdminOf(organization);
}
