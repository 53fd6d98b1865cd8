using System.Text.Json.Nodes;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>Which object a request is about; the rule is one for every kind.</summary>
internal static class RequestTarget
{
    /// <summary>For get: the query's id.</summary>
    public static Prepared<Target> OfQuery(HttpRequest request, ObjectKind kind)
    {
        var id = request.Query["id"].ToString();
        return ObjectId.TryRead(id, kind, out var read) ? new Target(read) : new Prepared<Target>(null, ObjectId.WrongCount(id));
    }

    /// <summary>
    /// For update: the query id names the row, without it the body does. Libraries write an owner that is not set as nothing, as
    /// <c>null</c> or as <c>admin</c>, and mean the body's.
    /// </summary>
    public static Prepared<Target> OfUpdate(HttpRequest request, ObjectKind kind, JsonObject body)
    {
        if (!request.Query.TryGetValue("id", out var sent))
        {
            return new Target(ObjectTarget.OfBody(kind, body));
        }

        if (!ObjectId.TryRead(sent.ToString(), kind, out var id))
        {
            return new(null, ObjectId.WrongCount(sent.ToString()));
        }

        var owner = ObjectTarget.Text(body, "owner");
        return ObjectTarget.IsUnset(id.Owner) ? new Target(ObjectTarget.Complete(kind, owner, id.Name))
            : id.Owner == "admin" && kind.FixedOwner is null && owner.Length > 0 && owner != id.Owner ? new Target(id with { Owner = owner }) { Else = id }
            : new Target(id);
    }
}
