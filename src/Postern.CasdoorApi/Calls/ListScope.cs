using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi.Calls;

/// <summary>Which objects a caller's list may hold: those of the caller's organization, which is also meant where none is named.</summary>
internal static class ListScope
{
    /// <summary>The query as this caller may ask it, or null where it names another organization.</summary>
    public static ObjectQuery? Narrow(ObjectCall call, ObjectQuery query)
    {
        var (kind, caller) = (call.Kind, call.Caller);
        if (caller.IsGlobalAdmin)
        {
            // Both name an organization in the lists of what organizations own.
            return query.Owner.Length == 0 && !IsOfAdmin(kind) ? query with { Owner = query.Organization, Organization = "" } : query;
        }

        query = kind.PlaceholderOwners.Contains(query.Owner) ? query with { Owner = "" } : query;
        var own = call.Who is AccessLevel.Anonymous ? query.Organization.Length > 0 ? query.Organization : query.Owner : caller.Organization;
        if (own.Length == 0
            || !(call.Allows(own) || kind == ObjectKinds.Organization)
            || (query.Organization.Length > 0 && query.Organization != own)
            || (query.Owner.Length > 0 && query.Owner != own && !(query.Owner == "admin" && IsOfAdmin(kind))))
        {
            return null;
        }

        return kind == ObjectKinds.Organization ? query with { Owner = "admin", Organization = "", Only = own }
            : kind == ObjectKinds.Application ? query with { Owner = "admin", Organization = own }
            : kind.IsShared ? query with { Organization = own }
            : query with { Owner = own, Organization = "" };
    }

    /// <summary>What a list never shows.</summary>
    public static JsonObject Mask(ObjectCall call, JsonObject shown) => call.Kind.Name switch
    {
        "organization" => UserView.MaskOrganization(shown),
        _ => shown,
    };

    /// <summary>Whether objects of the kind may have the owner <c>admin</c> and yet be an organization's.</summary>
    private static bool IsOfAdmin(ObjectKind kind) =>
        kind.FixedOwner is not null || kind == ProviderKind.Kind || kind == CertKind.Kind || (kind.IsShared && kind.Shape.Has("organization"));
}
