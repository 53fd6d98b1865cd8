using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>GET /api/get-organization-users</c>: <c>get-users</c> by another name.</summary>
internal static class OrganizationUsers
{
    public static Task<IResult> HandleAsync(RouteCall call) =>
        ObjectEndpoints.ListAsync(new ObjectCall(call.Context, call.Caller, ObjectKinds.User, call.Who));
}
