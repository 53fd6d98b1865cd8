using Postern.AuthorizationServer.Http;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.Calls;

/// <summary>The callers that the five routes of a kind admit.</summary>
internal sealed record Rights(AccessLevel Get, AccessLevel List, AccessLevel Add, AccessLevel Update, AccessLevel Delete);

/// <summary>
/// Who may do what: this table, and no other place. A handler resolves its object once and asks here about exactly that
/// one; what a caller is to an object follows from its organization and never from a name that is like another.
/// </summary>
internal static class Authorization
{
    private const AccessLevel Everybody = AccessLevel.Anonymous;
    private const AccessLevel SignedIn = AccessLevel.SignedIn;
    private const AccessLevel Self = AccessLevel.Self;
    private const AccessLevel Admin = AccessLevel.Administrator;
    private const AccessLevel Global = AccessLevel.GlobalAdministrator;

    /// <summary>What belongs to an organization is its administrators'.</summary>
    private static readonly Rights OfOrganization = new(Admin, Admin, Admin, Admin, Admin);

    private static readonly Dictionary<string, Rights> Kinds = new(StringComparer.Ordinal)
    {
        //                      get        list      add     update  delete
        ["organization"] = new(Admin, SignedIn, Global, Admin, Global),
        // Sign-in pages read the public part of an application.
        ["application"] = new(Everybody, Admin, Admin, Admin, Admin),
        ["user"] = new(Everybody, Admin, Admin, Self, Self),
        // Users have files and sessions of their own.
        ["resource"] = new(Self, SignedIn, Admin, Admin, Self),
        ["session"] = new(Self, Admin, Admin, Admin, Self),
        // A shop's catalogue is public; an order belongs to its buyer.
        ["product"] = new(Everybody, Everybody, Admin, Admin, Admin),
        ["plan"] = new(Everybody, Admin, Admin, Admin, Admin),
        ["pricing"] = new(Everybody, Admin, Admin, Admin, Admin),
        ["subscription"] = new(Self, Admin, Admin, Admin, Admin),
        ["order"] = new(Self, Admin, Admin, Admin, Admin),
        ["payment"] = new(Self, Admin, Admin, Admin, Admin),
        ["transaction"] = new(Self, Admin, Admin, Admin, Admin),
    };

    /// <summary>Routes beside those of the kinds.</summary>
    private static readonly Dictionary<string, AccessLevel> Routes = new(StringComparer.Ordinal)
    {
        ["POST /api/upload-resource"] = Self,
        ["POST /api/diagnose-provider"] = Admin,
        ["POST /api/diagnose-application"] = Admin,
        ["GET /api/get-organization-names"] = SignedIn,
        ["GET /api/get-organization-applications"] = SignedIn,
        ["GET /api/get-user-application"] = Self,
        ["GET /api/get-default-application"] = Everybody,
        ["GET /api/get-permissions-by-role"] = Admin,
        ["GET /api/get-permissions-by-submitter"] = Admin,
        ["GET /api/get-user-orders"] = Self,
        ["GET /api/get-user-payments"] = Self,
        ["GET /api/get-user-payment"] = Self,
        ["GET /api/get-user-transactions"] = Self,
        ["POST /api/place-order"] = Self,
        ["POST /api/cancel-order"] = Self,
        // A payment of type Dummy costs nothing, so users do not make one for themselves.
        ["POST /api/pay-order"] = Admin,
        ["POST /api/buy-product"] = Self,
        ["GET /api/buy-product"] = Self,
        ["POST /api/add-ticket-message"] = Self,
        ["GET /api/get-version-info"] = Admin,
        ["GET /api/get-system-info"] = Global,
        ["POST /api/grant-consent"] = SignedIn,
        ["POST /api/revoke-consent"] = SignedIn,
        ["GET /api/user"] = SignedIn,
        // Sign-ins are slowed down by a lock-out; there is no captcha.
        ["GET /api/get-captcha-status"] = Everybody,
        ["GET /api/get-organization-users"] = Admin,
        ["GET /api/get-sorted-users"] = Admin,
        ["GET /api/get-user-count"] = Admin,
        ["POST /api/set-password"] = Self,
        ["POST /api/check-user-password"] = Self,
        ["POST /api/remove-user-from-group"] = Admin,
        ["POST /api/delete-mfa"] = Admin,
        // The page for a lost password asks it; it answers from what was typed.
        ["GET /api/get-email-and-phone"] = Everybody,
        ["POST /api/upload-users"] = Admin,
        ["POST /api/upload-groups"] = Admin,
        ["POST /api/upload-roles"] = Admin,
        ["POST /api/upload-permissions"] = Admin,
        ["GET /api/get-statistics"] = Admin,
        ["GET /api/get-user-activity"] = Self,
        ["POST /api/sign-out-user"] = Self,
        ["POST /api/rotate-client-secret"] = Admin,
        ["GET /api/get-webhook-events"] = Admin,
        ["GET /api/get-webhook-event-detail"] = Admin,
        ["POST /api/replay-webhook-event"] = Admin,
        ["POST /api/delete-webhook-event"] = Admin,
        ["POST /api/unlink"] = Self,
        ["GET /api/identities"] = SignedIn,
        ["POST /api/identities"] = SignedIn,
        ["DELETE /api/identities/{id}"] = SignedIn,
    };

    public static AccessLevel OfRoute(string route) => Routes[route];

    public static Rights Of(string kind) => Kinds.GetValueOrDefault(kind, OfOrganization);

    /// <summary>Whether there could be an object that the caller may ask for: otherwise nothing is looked at.</summary>
    public static bool MayAsk(AccessLevel who, Caller caller) => who switch
    {
        AccessLevel.Anonymous => true,
        _ when caller.IsOfUnknownClient => false,
        AccessLevel.SignedIn or AccessLevel.Self => caller.Kind != CallerKind.Anonymous,
        AccessLevel.Administrator => caller.IsAdmin,
        _ => caller.IsGlobalAdmin,
    };

    /// <summary>
    /// Whether a row that names this organization may be the caller's: a name like that of the caller's organization is not
    /// enough, the row must refer to its id.
    /// </summary>
    public static bool IsOf(AccessLevel who, Caller caller, string organization, string? organizationId) =>
        who == AccessLevel.Anonymous || caller.IsGlobalAdmin || organization != caller.Organization || (organizationId is { Length: > 0 } && organizationId == caller.OrganizationId);

    /// <param name="who">What the route admits.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="organization">The object's; empty where it has none.</param>
    /// <param name="user">The name by which the request itself addresses a user of that organization; empty for none.</param>
    /// <param name="userId">The id of the user that the object is, or whose it is; empty for none. What is stored says this, never a name.</param>
    public static bool Allows(AccessLevel who, Caller caller, string organization = "", string user = "", string userId = "") => who switch
    {
        AccessLevel.Anonymous => true,
        // What a user allowed a client that nobody knows opens userinfo, not this API.
        _ when caller.IsOfUnknownClient => false,
        AccessLevel.SignedIn => caller.Kind != CallerKind.Anonymous,
        AccessLevel.Self => (caller.User is { } self && self.Owner == organization && ((user.Length > 0 && self.Name == user) || (userId.Length > 0 && self.Id == userId)))
            || caller.IsAdminOf(organization),
        AccessLevel.Administrator => caller.IsAdminOf(organization),
        _ => caller.IsGlobalAdmin,
    };
}
