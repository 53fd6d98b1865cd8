using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Objects;

/// <summary>
/// <c>get-</c>, <c>add-</c>, <c>update-</c> and <c>delete-</c> of every kind, from its declaration and its line in
/// <see cref="Authorization"/>. <c>get-user</c> and <c>update-user</c> have endpoints of their own.
/// </summary>
public static class ObjectEndpoints
{
    /// <summary>The most objects of one answer to a caller without credentials: the first page, or the page that was asked for.</summary>
    public const int MostForAnonymous = 100;

    /// <summary>Kinds with a list over all organizations beside that of one.</summary>
    private static readonly string[] WithGlobalList = ["user", "provider", "cert", "key", "form", "site"];

    public static void MapObjects(this IEndpointRouteBuilder routes)
    {
        foreach (var kind in ObjectKinds.All.Where(k => k != ObjectKinds.Resource))
        {
            var rights = Authorization.Of(kind.Name);
            Map("GET", $"/api/get-{kind.Plural}", kind, rights.List, ListAsync);
            Map("POST", $"/api/add-{kind.Name}", kind, rights.Add, ObjectWrites.AddAsync);
            Map("POST", $"/api/delete-{kind.Name}", kind, rights.Delete, ObjectWrites.DeleteAsync);
            if (WithGlobalList.Contains(kind.Name))
            {
                Map("GET", $"/api/get-global-{kind.Plural}", kind, rights.List, call => ListAsync(call, FindAsync, isGlobal: true));
            }

            if (kind == ObjectKinds.Cert)
            {
                // As Casdoor's Java library spells it.
                Map("GET", "/api/get-globle-certs", kind, rights.List, call => ListAsync(call, FindAsync, isGlobal: true));
            }

            if (kind != ObjectKinds.User)
            {
                Map("GET", $"/api/get-{kind.Name}", kind, rights.Get, GetAsync);
                Map("POST", $"/api/update-{kind.Name}", kind, rights.Update, ObjectWrites.UpdateAsync);
            }
        }

        void Map(string method, string path, ObjectKind kind, AccessLevel who, Func<ObjectCall, Task<IResult>> handle) => routes.MapCall(method, path, kind, who, handle);
    }

    internal static IEndpointConventionBuilder MapCall(
        this IEndpointRouteBuilder routes, string method, string path, ObjectKind kind, AccessLevel who, Func<ObjectCall, Task<IResult>> handle) =>
        routes.MapMethods(path, [method], async context =>
        {
            var identified = await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);
            var caller = identified.Caller;
            var result = identified.Refusal is not null ? Envelope.Denied(identified)
                : Authorization.MayAsk(who, caller) ? await handle(new ObjectCall(context, caller, kind, who))
                : Envelope.Denied();
            await ObjectRecords.DeniedAsync(context, caller, result);
            await result.ExecuteAsync(context);
        }).WithMetadata(new Admitted(who, kind));

    internal static async Task<IResult> GetAsync(ObjectCall call)
    {
        var (context, kind, query) = (call.Context, call.Kind, call.Context.Request.Query);
        var target = RequestTarget.OfQuery(context.Request, kind);
        if (target.Value is not { Id: var id })
        {
            return Envelope.Error(ErrorCode.InvalidRequest, target.Refusal);
        }

        var (stored, isAllowed, shown) = await call.Database.ReadAsync(async connection =>
        {
            var (found, allowed) = await call.FindAsync(connection, id);
            allowed = allowed || (found is not null && CertKind.IsPublished(found));
            return (found, allowed, found is not null && allowed ? (await ObjectStore.ShowAsync(connection, [found], isWhole: true))[0] : null);
        }, context.RequestAborted);
        if (!isAllowed || (stored is not null && !ObjectTarget.IsOf(stored, query["organization"].ToString())))
        {
            return Envelope.Denied();
        }

        if (stored is null || shown is null)
        {
            return kind == TokenKind.Kind ? Envelope.Error(ErrorCode.NotFound, new(
                $"The token: {id} does not exist",
                $"令牌: {id} 不存在")) : Envelope.Ok();
        }

        var isAdministered = call.Caller.IsAdminOf(ObjectTarget.AdministeredBy(stored));
        if (kind == ObjectKinds.Application && !isAdministered)
        {
            return Envelope.Ok(PublicApplication.Of(shown));
        }

        if (kind == CertKind.Kind && !isAdministered)
        {
            return Envelope.Ok(CertKind.PublicPart(shown));
        }

        if (kind == ObjectKinds.Organization)
        {
            UserView.MaskOrganization(shown);
        }

        // The secret writes: a token that may only read does not show it.
        if (kind.Shown is { } secret && isAdministered && query["withSecret"] != "0" && call.Caller.Opens == Opens.Everything)
        {
            await ShowSecretAsync(call, id, stored, shown, secret);
        }

        return Envelope.Ok(shown);
    }

    /// <summary>When a person is shown the secret, a record is written (docs/design/secrets.md).</summary>
    private static async Task ShowSecretAsync(ObjectCall call, ObjectId id, StoredObject stored, JsonObject shown, string secret)
    {
        shown[secret] = call.Store.Reveal(stored, secret);
        if (call.Caller.User is not null)
        {
            var record = ObjectRecords.Of(call.Context, call.Caller, call.Kind == ObjectKinds.Application ? "show-client-secret" : "show-access-secret", id).About(stored);
            await call.Database.WriteAsync(async (connection, transaction) =>
            {
                await Records.AddAsync(connection, record, transaction);
                return Written.Commit(true);
            });
        }
    }

    internal static Task<IResult> ListAsync(ObjectCall call) => ListAsync(call, FindAsync);

    private static Task<Prepared<ObjectPage>> FindAsync(ObjectCall call, ObjectQuery query) =>
        ObjectStore.ListAsync(call.Database, call.Kind, query, ListAnswers.Of(call.Context, call.Caller), item => ListScope.Mask(call, item), call.Context.RequestAborted);

    /// <param name="call">The call.</param>
    /// <param name="list">Finds what the query asks for, which was narrowed to what the caller may see.</param>
    /// <param name="isGlobal">Whether an owner in the query does not count.</param>
    internal static async Task<IResult> ListAsync(ObjectCall call, Func<ObjectCall, ObjectQuery, Task<Prepared<ObjectPage>>> list, bool isGlobal = false)
    {
        var sent = call.Context.Request.Query;
        var read = ListParameters.Read(sent);
        if (read.Value is not { } query)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        if (ListScope.Narrow(call, isGlobal ? query with { Owner = "" } : query) is not { } scoped)
        {
            return Envelope.Denied();
        }

        if (call.Kind == ObjectKinds.Group && sent["withTree"] == "true")
        {
            return await GroupTree.AnswerAsync(call, scoped);
        }

        if (call.Caller.Kind == CallerKind.Anonymous)
        {
            scoped = scoped with { Most = MostForAnonymous };
        }

        if (call.Kind == ObjectKinds.User && sent["groupName"].ToString() is { Length: > 0 } group)
        {
            // Clients name the group without its organization.
            scoped = scoped with { Group = group.Contains('/', StringComparison.Ordinal) ? group : $"{scoped.Owner}/{group}" };
        }

        if (call.Kind == ObjectKinds.User && !query.IsPaged && sent["sorter"].ToString() is { Length: > 0 } sorter)
        {
            // Java asks for get-sorted-users so; its empty limit means all.
            var limit = sent["limit"].ToString();
            if (limit.Length > 0 && !int.TryParse(limit, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _))
            {
                return Envelope.Error(ErrorCode.InvalidRequest, new("limit must be a number", "limit 必须是数字"));
            }

            scoped = scoped with { SortField = sorter, Page = 1, PageSize = limit.Length > 0 ? int.Parse(limit, System.Globalization.CultureInfo.InvariantCulture) : scoped.Most };
        }

        var found = await list(call, scoped);
        return found.Value is { } page
            ? Envelope.List(page.Body, query.IsPaged ? page.Total : null)
            : Envelope.Error(ErrorCode.InvalidRequest, found.Refusal);
    }
}
