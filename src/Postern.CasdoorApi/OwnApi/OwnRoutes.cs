using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi.OwnApi;

/// <summary>
/// The routes that Casdoor does not have: what users do with their own account, and the merge of two accounts. They answer with HTTP's
/// status codes, and refuse with problem details (RFC 9457) that carry a stable code.
/// </summary>
internal static class OwnRoutes
{
    private static readonly string[] Segments = ["/api/identities", "/api/me", "/api/user-merges", "/api/identity-conflicts"];

    /// <summary>Whether an address is one of these routes, mapped or not.</summary>
    public static bool Holds(PathString path) => Array.Exists(Segments, segment => path.StartsWithSegments(segment));

    public static void MapOwnRoutes(this IEndpointRouteBuilder routes)
    {
    }

    /// <param name="routes">Where to map.</param>
    /// <param name="route">Method and path, as in <see cref="Authorization"/>.</param>
    /// <param name="handle">Answers the callers that the table admits.</param>
    public static IEndpointConventionBuilder MapOwn(this IEndpointRouteBuilder routes, string route, Func<RouteCall, Task<IResult>> handle)
    {
        var (who, parts) = (Authorization.OfRoute(route), route.Split(' '));
        return routes.MapMethods(parts[1], [parts[0]], async context =>
        {
            var identified = await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);
            var caller = identified.Caller;
            var answer = identified.Refusal is not null ? OwnAnswer.Denied(identified)
                : Authorization.MayAsk(who, caller) ? await handle(new RouteCall(context, caller, who))
                : caller.Kind == CallerKind.Anonymous ? OwnAnswer.LoginFirst
                : OwnAnswer.Denied();
            if (answer is OwnProblem { Status: StatusCodes.Status403Forbidden })
            {
                await ObjectRecords.DeniedAsync(context, caller, ObjectRecords.ActionOf(context), "");
            }

            await answer.ExecuteAsync(context);
        }).WithMetadata(new Admitted(who));
    }
}
