using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>
/// What an object names of other organizations, written <c>organization/name</c>: judged when it is written, by who writes it. The models of
/// <c>built-in</c> are everybody's.
/// </summary>
public static class ForeignNames
{
    /// <summary>The sentence that refuses what a new object names, or null. It says nothing of what exists there.</summary>
    public static LocalizedText? Refuse(PreparedObject added, Caller caller) =>
        added.Kind.Names.Count > 0 ? Refuse(added.Kind.Names, BodyOf(added.Values["body"]), added.Organization, caller) : null;

    /// <summary>The same of a change: what it names anew, and all where the object moves to another organization.</summary>
    public static LocalizedText? Refuse(PreparedUpdate update, Caller caller)
    {
        var (stored, names) = (update.Stored, update.Stored.Kind.Names);
        if (names.Count == 0)
        {
            return null;
        }

        var (known, next) = (BodyOf(stored.Body), BodyOf(update.Values.GetValueOrDefault("body", stored.Body)));
        var isMoved = update.Organization != ObjectTarget.OrganizationOf(stored);
        return Refuse(names.Where(n => isMoved || ObjectTarget.Text(known, n) != ObjectTarget.Text(next, n)), next, update.Organization, caller);
    }

    private static LocalizedText? Refuse(IEnumerable<string> names, JsonObject document, string organization, Caller caller)
    {
        foreach (var property in names)
        {
            var named = ObjectTarget.Text(document, property);
            if (ObjectId.TryRead(named, out var id) && id.Owner != organization && !MayName(property, id.Owner, caller))
            {
                return new LocalizedText(
                    $"the {property} {named} is not of the organization {organization}: name one of its own, written {organization}/name",
                    $"{property} {named} 不属于组织 {organization}：请指定该组织自己的对象，写成 {organization}/name");
            }
        }

        return null;
    }

    /// <summary>Whether who judges by it, or names it, may use what this organization keeps.</summary>
    public static bool MayName(string property, string organization, Caller caller) =>
        (property == "model" && organization == Organizations.BuiltIn) || caller.IsAdminOf(organization);

    private static JsonObject BodyOf(object? body) => JsonNode.Parse((string)body!)!.AsObject();
}
