using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.PermissionRoutes;

/// <summary><c>get-permissions-by-submitter</c>: what the calling user asked for.</summary>
internal static class PermissionsBySubmitter
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (call.Caller.User is not { } user)
        {
            return Envelope.NoSuchUser($"app/{call.Caller.Name}");
        }

        return await call.ListAsync(
            ObjectKinds.Permission, new ObjectQuery { Owner = user.Owner }, p => ObjectTarget.Text(p, "submitter") == user.Name ? p : null, isCounted: true);
    }
}
