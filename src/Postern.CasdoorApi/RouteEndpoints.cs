using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.ApplicationRoutes;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Diagnosis;
using Postern.CasdoorApi.InstallationRoutes;
using Postern.CasdoorApi.OpenApi;
using Postern.CasdoorApi.PermissionRoutes;
using Postern.CasdoorApi.ShopRoutes;
using Postern.CasdoorApi.Statistics;
using Postern.CasdoorApi.Webhooks;
using Postern.Directory.Objects;

namespace Postern.CasdoorApi;

/// <summary>The routes beside those of the kinds, each with its line in <see cref="Authorization"/>.</summary>
internal static class RouteEndpoints
{
    private static readonly Parameter UserId = new("id", "the user, as organization/name", IsRequired: true);
    private static readonly Parameter WebhookEventId = new("id", "the event, as owner/name", IsRequired: true);
    private static readonly Parameter OfApplication = new("userId", "the user, as organization/name, where an application asks");
    private static readonly Parameter Owner = new("owner", "the user's organization; else the caller's");
    private static readonly Parameter User = new("user", "the user's name; else the caller's");
    private static readonly Parameter Buyer = new("userName", "the user's name; else the caller's");
    private static readonly Parameter OrderId = new("id", "the order, as owner/name", IsRequired: true);

    public static void MapRoutes(this IEndpointRouteBuilder routes)
    {
        Map("GET /api/get-organization-names", OrganizationNames.HandleAsync)
            .Describe(new("Organization", "The names of all organizations, or of the caller's own") { Answers = [Reply.Data("OrganizationName[]")] });
        Map("GET /api/get-organization-applications", OrganizationApplications.HandleAsync)
            .Describe(new("Application", "The applications of one organization") { Query = [new("organization", "else the caller's")], Answers = [Reply.Data("Application[]")] });
        Map("GET /api/get-user-application", UserApplication.HandleAsync)
            .Describe(new("Application", "The application that a user signed up at") { Query = [UserId], Answers = [Reply.Data("Application")] });
        Map("GET /api/get-default-application", DefaultApplication.HandleAsync)
            .Describe(new("Application", "Where an organization's users sign in who were told of no application") { Query = [new("id", "admin/organization", IsRequired: true)], Answers = [Reply.Data("Application")] });
        Map("GET /api/get-permissions-by-role", PermissionsByRole.HandleAsync)
            .Describe(new("Permission", "What a role gives") { Query = [new("id", "the role, as owner/name", IsRequired: true)], Answers = [Reply.Data("Permission[]", "I")] });
        Map("GET /api/get-permissions-by-submitter", PermissionsBySubmitter.HandleAsync)
            .Describe(new("Permission", "What the calling user asked for") { Answers = [Reply.Data("Permission[]", "I")] });
        Map("GET /api/get-user-orders", UserObjects.OrdersAsync)
            .Describe(new("Order", "What a user ordered") { Query = [Owner, User], Answers = [Reply.Data("Order[]")] });
        Map("GET /api/get-user-payments", UserObjects.PaymentsAsync)
            .Describe(new("Payment", "What a user paid") { Query = [Owner, User], Answers = [Reply.Data("Payment[]")] });
        Map("GET /api/get-user-payment", UserObjects.PaymentsAsync)
            .Describe(new("Payment", "The same, under the name that .NET clients use") { Query = [Owner, User], Answers = [Reply.Data("Payment[]")] });
        Map("GET /api/get-user-transactions", UserObjects.TransactionsAsync)
            .Describe(new("Transaction", "A user's transactions") { Query = [Owner, User], Answers = [Reply.Data("Transaction[]")] });
        Map("POST /api/place-order", Orders.PlaceAsync)
            .Describe(new("Order", "Orders products for a user; no money moves") { Query = [Owner, Buyer], Body = "OrderedProducts", Answers = [Reply.Data("Order")] });
        Map("POST /api/cancel-order", Orders.CancelAsync)
            .Describe(new("Order", "Cancels an order that is not paid") { Query = [OrderId], Answers = [Reply.Written] });
        Map("POST /api/pay-order", Orders.PayAsync)
            .Describe(new("Order", "Marks an order as paid, by a payment provider of type Dummy") { Query = [OrderId, new("providerName", "the provider", IsRequired: true)], Answers = [Reply.Data("Payment")] });
        foreach (var method in new[] { "POST", "GET" })
        {
            Map(method + " /api/buy-product", Orders.BuyAsync)
                .Describe(new("Order", "Orders one piece of a product for a user; no money moves") { Query = [new("id", "the product, as owner/name", IsRequired: true), Buyer], Answers = [Reply.Data("Order")] });
        }

        Map("POST /api/add-ticket-message", TicketMessage.HandleAsync)
            .Describe(new("Ticket", "Adds a question or an answer to a ticket") { Query = [new("id", "the ticket, as owner/name", IsRequired: true)], Body = "MessageText", Answers = [Reply.Written] });
        Map("GET /api/get-version-info", VersionInfo.HandleAsync)
            .Describe(new("Installation", "What runs here") { Answers = [Reply.Data("VersionInfo")] });
        Map("GET /api/get-system-info", SystemInfo.HandleAsync)
            .Describe(new("Installation", "How much memory there is and is used, in bytes") { Answers = [Reply.Data("SystemInfo")] });
        Map("POST /api/grant-consent", ConsentRoutes.GrantAsync)
            .Describe(new("Account", "The calling user allows an application scopes for good") { Credentials = Credentials.Session, Body = "ConsentChange", Answers = [Reply.Data("null")] });
        Map("POST /api/revoke-consent", ConsentRoutes.RevokeAsync)
            .Describe(new("Account", "The calling user takes back what they allowed an application; without scopes all of it") { Credentials = Credentials.Session, Body = "ConsentChange", Answers = [Reply.Data("null")] });
        Map("GET /api/user", FlarumUser.HandleAsync)
            .Describe(new("Account", "The account as Flarum's Passport plugin reads it") { Query = [OfApplication], Answers = [Reply.Of("FlarumUser", orRefusal: true)] });
        Map("GET /api/get-captcha-status", _ => Task.FromResult(Envelope.Ok(false)))
            .Describe(new("Account", "Whether a sign-in needs a captcha: never, a lock-out slows guessing down") { Credentials = Credentials.None, Answers = [Reply.Data("B")] });
        Map("GET /api/get-statistics", GetStatistics.HandleAsync)
            .Describe(new("Installation", "What happened lately: sign-ins and new users by hour or day and door, refusals by reason, WeChat's slow minutes, tokens, storage")
            {
                Detail = "What concerns the whole installation (weChat, signOutNotices, storage) is null for one organization.",
                Query = [new("organization", "whose; else the caller's, or all for a global administrator"), new("range", "24h, 7d, 30d or 90d"), new("offset", "minutes that the reader's clock is ahead of UTC: the reader's days begin at midnight there", "I")],
                Answers = [Reply.Data("Statistics")],
            });
        Map("GET /api/get-webhook-events", WebhookEventRoutes.ListAsync)
            .Describe(new("Webhook", "Lists what webhooks were told and are to be told, the newest first")
            {
                Detail = "Without both pageSize and p the newest hundred. data2 is how many there are on all pages, counted no further than 10000.",
                Query =
                [
                    new("webhook", "one webhook, as owner/name"), new("owner", "whose webhooks"), new("organization", "whose events"), new("state", "Pending, Retrying, Success or Failed"), .. KindOperations.Paging,
                ],
                Answers = [Reply.Data("WebhookEvent[]", "I|null")],
            });
        Map("GET /api/get-webhook-event-detail", WebhookEventRoutes.GetAsync)
            .Describe(new("Webhook", "One event that a webhook is told of") { Query = [WebhookEventId], Answers = [Reply.Data("WebhookEvent|null")] });
        Map("POST /api/replay-webhook-event", WebhookEventRoutes.ReplayAsync)
            .Describe(new("Webhook", "Tells a webhook of an event once more, from its first attempt on") { Query = [WebhookEventId], Answers = [Reply.Data("S")] });
        Map("POST /api/delete-webhook-event", WebhookEventRoutes.DeleteAsync)
            .Describe(new("Webhook", "Deletes an event: what was not told by then never will be") { Body = "WebhookEvent", Answers = [Reply.Written] });
        Map("POST /api/rotate-client-secret", RotateClientSecret.HandleAsync)
            .Describe(new("Application", "Gives an application a new client secret, which is told this once") { Query = [new("id", "the application, as admin/name", IsRequired: true)], Answers = [Reply.Data("S")] });
        Map("POST /api/diagnose-provider", DiagnoseProvider.HandleAsync)
            .Describe(new("Provider", "Checks live what a Mini Program's sign-in needs, and says what to do about what is wrong")
            {
                Detail = "Asks WeChat twice; six times a minute for each provider. state of a check is ok, wrong, warning, unknown, or waiting for the first sign-in.",
                Query = [new("id", "the provider, as owner/name", IsRequired: true), new("application", "the application to judge, as owner/name; else the first that names the provider"), new("only", "firstSignIn = ask nothing of WeChat, and tell only who came")],
                Answers = [Reply.Data("Diagnosis")],
            });
        Map("POST /api/diagnose-application", DiagnoseApplication.HandleAsync)
            .Describe(new("Application", "Checks what the security profile of an application demands, and says what to do about what is not met")
            {
                Detail = "Asks the client's jwksUri where it has one; six times a minute for each application. state of a check is ok, wrong or warning.",
                Query = [new("id", "the application, as admin/name", IsRequired: true)],
                Answers = [Reply.Data("ApplicationDiagnosis")],
            });
        routes.MapNotOffered();

        IEndpointConventionBuilder Map(string route, Func<RouteCall, Task<IResult>> handle) => routes.MapRoute(route, handle);
    }

    /// <param name="routes">Where to map.</param>
    /// <param name="route">Method and path, as in <see cref="Authorization"/>.</param>
    /// <param name="handle">Answers the callers that the table admits.</param>
    internal static IEndpointConventionBuilder MapRoute(
        this IEndpointRouteBuilder routes, string route, Func<RouteCall, Task<IResult>> handle)
    {
        var (who, parts) = (Authorization.OfRoute(route), route.Split(' '));
        return routes.MapMethods(parts[1], [parts[0]], async context =>
        {
            var identified = await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);
            var caller = identified.Caller;
            var result = identified.Refusal is not null ? Envelope.Denied(identified)
                : Authorization.MayAsk(who, caller) ? await handle(new RouteCall(context, caller, who))
                : caller.Kind == CallerKind.Anonymous ? Envelope.LoginFirst()
                : Envelope.Denied();
            await ObjectRecords.DeniedAsync(context, caller, result);
            await result.ExecuteAsync(context);
        }).WithMetadata(new Admitted(who));
    }
}
