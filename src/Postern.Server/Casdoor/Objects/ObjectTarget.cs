using System.Text.Json;
using System.Text.Json.Nodes;

namespace Postern.Server.Casdoor.Objects;

/// <summary>Which object a request is about; the rule is one for every kind (design 4.1, "Which object").</summary>
public static class ObjectTarget
{
    private const string Different = "the query and the body name different objects";

    /// <summary>For get: the query's id.</summary>
    public static Prepared<Target> OfQuery(HttpRequest request)
    {
        var id = request.Query["id"].ToString();
        return ObjectId.TryRead(id, out var read) ? new Target(read) : new Prepared<Target>(null, ObjectId.WrongCount(id));
    }

    /// <summary>For add and delete: the body, which a query id may only repeat. Gaps of the body are filled from the id.</summary>
    public static Prepared<Target> OfBody(HttpRequest request, ObjectKind kind, JsonObject body)
    {
        if (request.Query.TryGetValue("id", out var sent))
        {
            if (!ObjectId.TryRead(sent.ToString(), out var id))
            {
                return new(null, ObjectId.WrongCount(sent.ToString()));
            }

            if ((Text(body, "owner") is { Length: > 0 } owner && owner != id.Owner) || (Text(body, "name") is { Length: > 0 } name && name != id.Name))
            {
                return new(null, Different);
            }

            Set(body, "owner", id.Owner);
            Set(body, "name", id.Name);
        }

        return new Target(Complete(kind, Text(body, "owner"), Text(body, "name")));
    }

    /// <summary>For update: the query id names the row, without it the body does.</summary>
    public static Prepared<Target> OfUpdate(HttpRequest request, ObjectKind kind, JsonObject body)
    {
        if (!request.Query.TryGetValue("id", out var sent))
        {
            return new Target(Complete(kind, Text(body, "owner"), Text(body, "name")));
        }

        return ObjectId.TryRead(sent.ToString(), out var id) ? new Target(id) : new Prepared<Target>(null, ObjectId.WrongCount(sent.ToString()));
    }

    /// <summary>Whether an <c>organization</c> that is named beside the object is the object's.</summary>
    public static bool IsOf(StoredObject stored, string organization) =>
        organization.Length == 0 || organization == OrganizationOf(stored);

    public static string OrganizationOf(StoredObject stored) => stored.Kind.Name switch
    {
        "organization" => stored.Name,
        "application" => stored.Text("organization"),
        _ => stored.Owner,
    };

    /// <summary>A property's text whatever the case of its name, as the decoder reads it.</summary>
    public static string Text(JsonObject body, string property) => body
        .Where(p => p.Key.Equals(property, StringComparison.OrdinalIgnoreCase) && p.Value?.GetValueKind() == JsonValueKind.String)
        .Select(p => p.Value!.TryText())
        .LastOrDefault() ?? "";

    private static ObjectId Complete(ObjectKind kind, string owner, string name) =>
        new(kind.FixedOwner ?? (owner.Length > 0 || kind == UserKind.Kind ? owner : "admin"), name);

    private static void Set(JsonObject body, string property, string value)
    {
        if (Text(body, property).Length == 0)
        {
            foreach (var spelling in body.Select(p => p.Key).Where(k => k.Equals(property, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                body.Remove(spelling);
            }

            body[property] = value;
        }
    }

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
public sealed record Target(ObjectId Id);
