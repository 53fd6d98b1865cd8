using System.Data.Common;
using Postern.AuthorizationServer.Http;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.Calls;

/// <summary>One call on one kind: the caller, and the callers that the table admits.</summary>
internal sealed record ObjectCall(HttpContext Context, Caller Caller, ObjectKind Kind, AccessLevel Who)
{
    public Database Database => Context.RequestServices.GetRequiredService<Database>();

    public ObjectStore Store => Context.RequestServices.GetRequiredService<ObjectStore>();

    /// <summary>The object of the call and the verdict on it: what a handler works with, and no other.</summary>
    /// <returns>The row, null where there is none; and whether the caller may do this with it.</returns>
    public async Task<(StoredObject? Stored, bool IsAllowed)> FindAsync(DbConnection connection, ObjectId id, DbTransaction? transaction = null)
    {
        var stored = await ObjectStore.FindAsync(connection, Kind, id.Owner, id.Name, transaction);
        if (stored is null && Kind.NamesHoldSlashes)
        {
            stored = await ObjectStore.FindAsync(connection, Kind, id.Owner, id.Name.StartsWith('/') ? id.Name[1..] : "/" + id.Name, transaction);
        }

        if (stored is null && !Caller.IsGlobalAdmin && Kind.PlaceholderOwners.Contains(id.Owner))
        {
            id = id with { Owner = Caller.Organization };
            stored = await ObjectStore.FindAsync(connection, Kind, id.Owner, id.Name, transaction);
        }

        return (stored, stored is null ? Allows(AbsentIn(id), Kind == ObjectKinds.User ? id.Name : "") : Allows(stored));
    }

    /// <summary>The same for an update: the row that is judged is the one that is found.</summary>
    public async Task<(StoredObject? Stored, bool IsAllowed)> FindAsync(DbConnection connection, Target target)
    {
        var found = await FindAsync(connection, target.Id);
        return found.Stored is null && target.Else is { } other ? await FindAsync(connection, other) : found;
    }

    public bool Allows(StoredObject stored)
    {
        var organization = ObjectTarget.OrganizationOf(stored);
        return Authorization.IsOf(Who, Caller, organization, stored.OrganizationId)
            && Authorization.Allows(Who, Caller, ObjectTarget.AdministeredBy(stored), userId: ObjectTarget.UserIdOf(stored));
    }

    /// <summary>For a row beside the objects, by the id that it refers to.</summary>
    public bool Allows(string organization, string organizationId, string user) =>
        Authorization.IsOf(Who, Caller, organization, organizationId) && Allows(organization, user);

    public bool Allows(string organization, string user = "") => Authorization.Allows(Who, Caller, organization, user);

    /// <summary>
    /// Where an object that does not exist would be. What the installation owns says nothing of its organization: there an
    /// administrator of any organization hears that it does not exist.
    /// </summary>
    private string AbsentIn(ObjectId id) => Kind == ObjectKinds.Organization ? id.Name : id.Owner == "admin" && !Caller.IsGlobalAdmin ? Caller.Organization : id.Owner;
}
