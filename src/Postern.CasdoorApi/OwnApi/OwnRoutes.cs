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

    public static void AddOwnApi(this IServiceCollection services)
    {
        services.AddSingleton<AccountProofs>();
        services.AddSingleton<IdentityRoutes>();
    }

    public static void MapOwnRoutes(this IEndpointRouteBuilder routes)
    {
        routes.MapOwn<IdentityRoutes>("GET /api/identities", (identities, call) => identities.ListAsync(call))
            .Describe(new("Own account", "How the calling user signs in: the identities of Mini Programs, and whether a password opens the account")
            {
                Answers = [Reply.Of("OwnIdentities")],
            });
        routes.MapOwn<IdentityRoutes>("POST /api/identities", (identities, call) => identities.BindAsync(call))
            .Describe(new("Own account", "Binds an identity to the calling user's account, by a proof of both")
            {
                Detail = "The identity is proved by a code of wx.login() or by a binding ticket; the account by a sign-in of the last ten minutes or by proof.",
                Body = "IdentityToBind",
                Answers = [Reply.Of("OwnIdentity", StatusCodes.Status201Created), Reply.Of("OwnIdentity")],
            });
        routes.MapOwn<IdentityRoutes>("DELETE /api/identities/{id}", (identities, call) => identities.UnbindAsync(call))
            .Describe(new("Own account", "Unbinds an identity of the calling user's account, and never the last way to sign in")
            {
                Detail = "The account is proved as in a binding: proof may be sent in a JSON body.",
                Answers = [Reply.Nothing(StatusCodes.Status204NoContent, "It is unbound")],
            });
    }

    /// <param name="routes">Where to map.</param>
    /// <param name="route">Method and path, as in <see cref="Authorization"/>.</param>
    /// <param name="handle">Answers the callers that the table admits.</param>
    private static IEndpointConventionBuilder MapOwn<T>(this IEndpointRouteBuilder routes, string route, Func<T, RouteCall, Task<IResult>> handle)
        where T : class
    {
        var (who, parts) = (Authorization.OfRoute(route), route.Split(' '));
        var service = routes.ServiceProvider.GetRequiredService<T>();
        return routes.MapMethods(parts[1], [parts[0]], async context =>
        {
            var identified = await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);
            var caller = identified.Caller;
            var answer = identified.Refusal is not null ? OwnAnswer.Denied(identified)
                : Authorization.MayAsk(who, caller) ? await handle(service, new RouteCall(context, caller, who))
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
