using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Directory.Objects.Kinds;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.Directory.Objects;

/// <summary>Which object a request is about; the rule is one for every kind (docs/casdoor-compatibility.md, "Which object a request is about").</summary>
public static class ObjectTarget
{
    public static readonly LocalizedText Different = new("the query and the body name different objects", "查询参数与请求体指定了不同的对象");

    public static readonly LocalizedText DifferentInQuery = new(
        "the query names different users: send id, or userId with owner, and not one beside another that it disagrees with",
        "查询参数指定了不同的用户：请只用 id，或 userId 加 owner，不要同时发送互相矛盾的参数");

    /// <summary>Whether it is how client libraries write an owner that is not set.</summary>
    public static bool IsUnset(string owner) => owner is "" or "null";

    /// <summary>For add and delete the body alone: the query's id of the published libraries disagrees with it (docs/casdoor-compatibility.md).</summary>
    public static ObjectId OfBody(ObjectKind kind, JsonObject body) => Complete(kind, Text(body, "owner"), Text(body, kind.NameProperty));

    /// <summary>Whether an <c>organization</c> that is named beside the object is the object's.</summary>
    public static bool IsOf(StoredObject stored, string organization) =>
        organization.Length == 0 || organization == OrganizationOf(stored);

    /// <summary>Whose administrators administer the object; <c>admin</c> for what is the installation's.</summary>
    public static string OrganizationOf(StoredObject stored) => stored.Kind.Name switch
    {
        "organization" => stored.Name,
        "application" => stored.Text("organization"),
        _ => stored.Kind.IsShared ? stored.Text("organization") : stored.Owner,
    };

    /// <summary>
    /// Whose administrators may change it and read its secret: those of its organization. Of an application whose credentials open the whole
    /// installation the global administrators alone, or its secret would make any administrator a global one.
    /// </summary>
    public static string AdministeredBy(StoredObject stored) =>
        stored.Kind == ApplicationKind.Kind && stored.Text("api_access") == ApiAccess.Installation ? Organizations.BuiltIn : OrganizationOf(stored);

    /// <summary>The organization of an object that is not stored yet.</summary>
    public static string OrganizationOf(ObjectKind kind, JsonObject document) => kind.Name switch
    {
        "organization" => Text(document, "name"),
        "application" => Text(document, "organization") is { Length: > 0 } organization ? organization : Organizations.BuiltIn,
        _ => kind.Shape.Has("organization") && Text(document, "organization") is { Length: > 0 } organization ? organization : Text(document, "owner"),
    };

    /// <summary>The id of the user that an object is, or whose it is; empty for none.</summary>
    public static string UserIdOf(StoredObject stored) => stored.Kind == ObjectKinds.User ? stored.Id : stored.Kind.NamesUser ? stored.Text("user_id") : "";

    /// <summary>A property's text whatever the case of its name, as the decoder reads it.</summary>
    public static string Text(JsonObject body, string property) => body
        .Where(p => p.Key.Equals(property, StringComparison.OrdinalIgnoreCase) && p.Value?.GetValueKind() == JsonValueKind.String)
        .Select(p => p.Value!.TryText())
        .LastOrDefault() ?? "";

    public static ObjectId Complete(ObjectKind kind, string owner, string name) =>
        new(kind.FixedOwner ?? (owner.Length > 0 || kind == UserKind.Kind ? owner : "admin"), name);

    // Half a surrogate pair has no text; the document's reader refuses it with a sentence.
    private static string TryText(this JsonNode value)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}

/// <summary>The object that a request is about.</summary>
public sealed record Target(ObjectId Id)
{
    /// <summary>The installation's object of that name, where the organization has none.</summary>
    public ObjectId? Else { get; init; }
}
