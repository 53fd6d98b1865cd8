using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Objects;

/// <summary>
/// <c>get-</c>, <c>add-</c>, <c>update-</c> and <c>delete-</c> of every kind, for global administrators. What users may do
/// with themselves (<c>get-user</c>, <c>update-user</c>) has endpoints of its own.
/// </summary>
public static class ObjectEndpoints
{
    public static void MapObjects(this IEndpointRouteBuilder routes) =>
        routes.MapObjects(context => context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context));

    /// <param name="routes">Where to map.</param>
    /// <param name="identify">Who calls, or the sentence that stops the call: also where a foreign page could have sent it (design section 2).</param>
    internal static void MapObjects(this IEndpointRouteBuilder routes, Func<HttpContext, Task<Identified>> identify)
    {
        foreach (var kind in ObjectKinds.All)
        {
            Get($"/api/get-{kind.Plural}", (context, _) => ListAsync(context, kind));
            Post($"/api/add-{kind.Name}", (context, caller) => ObjectWrites.AddAsync(context, kind, caller));
            Post($"/api/delete-{kind.Name}", (context, caller) => ObjectWrites.DeleteAsync(context, kind, caller));
            if (kind != ObjectKinds.User)
            {
                Get($"/api/get-{kind.Name}", (context, caller) => GetAsync(context, kind, caller));
                Post($"/api/update-{kind.Name}", (context, caller) => ObjectWrites.UpdateAsync(context, kind, caller));
            }
        }

        void Get(string path, Func<HttpContext, Caller, Task<IResult>> handle) => routes.MapGet(path, context => AnswerAsync(context, handle));

        void Post(string path, Func<HttpContext, Caller, Task<IResult>> handle) => routes.MapPost(path, context => AnswerAsync(context, handle));

        async Task AnswerAsync(HttpContext context, Func<HttpContext, Caller, Task<IResult>> handle)
        {
            var (caller, refusal) = await identify(context);
            var result = refusal is not null ? Envelope.Denied(refusal) : caller is { IsGlobalAdmin: true, Client: not { IsSelfRegistered: true } } ? await handle(context, caller) : Envelope.Denied();
            await result.ExecuteAsync(context);
        }
    }

    private static async Task<IResult> GetAsync(HttpContext context, ObjectKind kind, Caller caller)
    {
        var target = ObjectTarget.OfQuery(context.Request);
        if (target.Value is not { Id: var id })
        {
            return Envelope.Error(target.Refusal);
        }

        var database = context.RequestServices.GetRequiredService<Database>();
        var (stored, shown) = await database.ReadAsync(async connection =>
            await ObjectStore.FindAsync(connection, kind, id.Owner, id.Name) is { } found
                ? (found, (await ObjectStore.ShowAsync(connection, [found]))[0])
                : ((StoredObject?)null, (JsonObject?)null), context.RequestAborted);
        if (stored is null || shown is null)
        {
            return Envelope.Ok();
        }

        if (!ObjectTarget.IsOf(stored, context.Request.Query["organization"].ToString()))
        {
            return Envelope.Denied();
        }

        if (kind == ObjectKinds.Application && context.Request.Query["withSecret"] != "0")
        {
            shown["clientSecret"] = context.RequestServices.GetRequiredService<ObjectStore>().Reveal(stored, "clientSecret");
            if (caller.User is not null)
            {
                await database.WriteAsync(async (connection, transaction) =>
                {
                    await Records.AddAsync(connection, ObjectRecords.Of(context, caller, "show-client-secret", id), transaction);
                    return Written.Keep(true);
                });
            }
        }

        return Envelope.Ok(shown);
    }

    private static async Task<IResult> ListAsync(HttpContext context, ObjectKind kind)
    {
        var sent = context.Request.Query;
        var (pageSize, page) = (sent["pageSize"].ToString(), sent["p"].ToString());
        if (pageSize.Length > 0 && !long.TryParse(pageSize, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return Envelope.Error("pageSize must be a number");
        }

        var query = new ObjectQuery
        {
            Owner = sent["owner"].ToString(),
            Organization = sent["organization"].ToString(),
            PageSize = pageSize.Length > 0 ? long.Parse(pageSize, CultureInfo.InvariantCulture) : null,
            // Garbage is the first page (contract 3.4).
            Page = page.Length == 0 ? null : long.TryParse(page, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 1,
            Field = sent["field"].ToString(),
            Value = sent["value"].ToString(),
            SortField = sent["sortField"].ToString(),
            IsAscending = sent["sortOrder"] == "ascend",
            IsBeginning = sent["match"] == "prefix",
        };
        var database = context.RequestServices.GetRequiredService<Database>();
        var found = await ObjectStore.ListAsync(database, kind, query, context.RequestAborted);
        return found.Value is { } list
            ? Envelope.Ok(new JsonArray([.. list.Items]), query.IsPaged ? list.Total : null)
            : Envelope.Error(found.Refusal);
    }
}
