using Postern.Server.Casdoor.Accounts;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Casdoor.UserRoutes;

namespace Postern.Server.Casdoor.Routes;

/// <summary>The routes beside those of the kinds, each with its line in <see cref="Authorization"/>.</summary>
internal static class RouteEndpoints
{
    public static void MapRoutes(this IEndpointRouteBuilder routes, Func<HttpContext, Task<Identified>> identify)
    {
        Map("GET /api/get-organization-names", OrganizationNames.HandleAsync);
        Map("GET /api/get-organization-applications", OrganizationApplications.HandleAsync);
        Map("GET /api/get-user-application", UserApplication.HandleAsync);
        Map("GET /api/get-default-application", DefaultApplication.HandleAsync);
        Map("GET /api/get-permissions-by-role", PermissionsByRole.HandleAsync);
        Map("GET /api/get-permissions-by-submitter", PermissionsBySubmitter.HandleAsync);
        Map("GET /api/get-user-orders", UserObjects.OrdersAsync);
        Map("GET /api/get-user-payments", UserObjects.PaymentsAsync);
        Map("POST /api/add-ticket-message", TicketMessage.HandleAsync);
        Map("GET /api/get-version-info", VersionInfo.HandleAsync);
        Map("GET /api/get-system-info", SystemInfo.HandleAsync);
        Map("POST /api/grant-consent", ConsentRoutes.GrantAsync);
        Map("POST /api/revoke-consent", ConsentRoutes.RevokeAsync);
        Map("GET /api/user", FlarumUser.HandleAsync);
        Map("GET /api/get-captcha-status", _ => Task.FromResult(Envelope.Ok(false)));
        Map("GET /api/get-organization-users", OrganizationUsers.HandleAsync);
        Map("GET /api/get-sorted-users", SortedUsers.HandleAsync);
        Map("GET /api/get-user-count", UserCount.HandleAsync);
        Map("POST /api/set-password", SetPassword.HandleAsync);
        Map("POST /api/check-user-password", CheckUserPassword.HandleAsync);
        Map("POST /api/remove-user-from-group", RemoveUserFromGroup.HandleAsync);
        Map("GET /api/get-email-and-phone", EmailAndPhone.HandleAsync);
        Map("POST /api/upload-users", UploadUsers.HandleAsync);
        routes.MapNotOffered();

        void Map(string route, Func<RouteCall, Task<IResult>> handle)
        {
            var (who, parts) = (Authorization.OfRoute(route), route.Split(' '));
            routes.MapMethods(parts[1], [parts[0]], async context =>
            {
                var (caller, refusal) = await identify(context);
                var result = refusal is not null ? Envelope.Denied(refusal)
                    : Authorization.MayAsk(who, caller) ? await handle(new RouteCall(context, caller, who))
                    : caller.Kind == CallerKind.Nobody ? Envelope.Error(GetAccountEndpoint.LoginFirst)
                    : Envelope.Denied();
                await ObjectRecords.DeniedAsync(context, caller, result);
                await result.ExecuteAsync(context);
            });
        }
    }
}
