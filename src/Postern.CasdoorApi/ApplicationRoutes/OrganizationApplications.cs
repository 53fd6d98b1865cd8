using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.ApplicationRoutes;

/// <summary><c>get-organization-applications</c>: those of one organization, to its users as sign-in pages see them.</summary>
internal static class OrganizationApplications
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var organization = call.Query("organization") is { Length: > 0 } named ? named : call.Caller.Organization;
        var isAdministered = call.Caller.IsAdminOf(organization);
        if (!isAdministered && organization != call.Caller.Organization)
        {
            return Envelope.Denied();
        }

        return await call.ListAsync(ObjectKinds.Application, new ObjectQuery { Owner = "admin", Organization = organization }, Mask);

        JsonObject Mask(JsonObject application) => isAdministered ? application : PublicApplication.Of(application);
    }
}
