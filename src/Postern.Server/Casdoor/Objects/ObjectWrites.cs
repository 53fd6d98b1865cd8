using System.Data.Common;
using Postern.Server.Casdoor.AuditTrail;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Objects;

/// <summary>The three writes on an object, each with its record in the same transaction.</summary>
internal static class ObjectWrites
{
    private const int Attempts = 3;

    public static async Task<IResult> AddAsync(HttpContext context, ObjectKind kind, Caller caller)
    {
        var body = await RequestBody.ReadAsync(context, kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(body.Refusal);
        }

        var target = ObjectTarget.OfBody(context.Request, kind, document);
        if (target.Value is null)
        {
            return Envelope.Error(target.Refusal);
        }

        if (kind == ObjectKinds.User)
        {
            document["registerSource"] ??= caller.User is { } user ? $"{user.Owner}/{user.Name}" : "";
        }

        var (database, store) = (context.RequestServices.GetRequiredService<Database>(), context.RequestServices.GetRequiredService<ObjectStore>());
        var organization = await database.ReadAsync(c => Organizations.FindAsync(c, Additions.OrganizationOf(kind, document)), context.RequestAborted);
        var prepared = store.PrepareAdd(kind, document, read => Additions.Complete(kind, read, organization));
        if (prepared.Value is not { } ready)
        {
            return Envelope.Error(prepared.Refusal);
        }

        var record = ObjectRecords.Of(context, caller, "add-" + kind.Name, new ObjectId(ready.Owner, ready.Name)).Adding(ready);
        return await database.WriteAsync(async (connection, transaction) =>
        {
            if (await RefuseOrganizationAsync(connection, transaction, kind, ready.Values) is { } refusal)
            {
                return Written.Undo(Envelope.Error(refusal));
            }

            if (await Additions.RefuseTakenAsync(connection, transaction, ready) is { } taken)
            {
                return Written.Undo(Envelope.Error(taken));
            }

            if (!await ObjectStore.AddAsync(connection, transaction, ready))
            {
                return Written.Undo(Taken(kind, ready.Name));
            }

            // After the row: whoever deletes the cert of this name at this instant is waited for there.
            if (kind == ObjectKinds.Cert && await RetiredCerts.HasAsync(connection, ready.Name, transaction))
            {
                return Written.Undo(Envelope.Error(CertNames.Retired(ready.Name)));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Keep(Envelope.Written(true));
        });
    }

    public static async Task<IResult> UpdateAsync(HttpContext context, ObjectKind kind, Caller caller)
    {
        var body = await RequestBody.ReadAsync(context, kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(body.Refusal);
        }

        var target = ObjectTarget.OfUpdate(context.Request, kind, document);
        if (target.Value is not { Id: var id })
        {
            return Envelope.Error(target.Refusal);
        }

        var columns = context.Request.Query["columns"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (database, store) = (context.RequestServices.GetRequiredService<Database>(), context.RequestServices.GetRequiredService<ObjectStore>());
        var record = ObjectRecords.Of(context, caller, "update-" + kind.Name, id);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stored = await database.ReadAsync(connection => ObjectStore.FindAsync(connection, kind, id.Owner, id.Name), context.RequestAborted);
            if (stored is null)
            {
                return Envelope.Written(false);
            }

            var prepared = store.PrepareUpdate(stored, document, columns);
            if (prepared.Value is not { } ready)
            {
                return prepared.Refusal == ObjectStore.BuiltInRename ? Envelope.Written(false) : Envelope.Error(prepared.Refusal);
            }

            var answer = await database.WriteAsync<IResult?>(async (connection, transaction) =>
            {
                if (await RefuseOrganizationAsync(connection, transaction, kind, ready.Values) is { } refusal)
                {
                    return Written.Undo<IResult?>(Envelope.Error(refusal));
                }

                if (!await ObjectStore.UpdateAsync(connection, transaction, ready))
                {
                    return Written.Undo<IResult?>(null);
                }

                await Records.AddAsync(connection, record.Changing(ready), transaction);
                return Written.Keep<IResult?>(Envelope.Written(true));
            });
            if (answer is not null)
            {
                return answer;
            }
        }

        // Three times changed under our hands, or more likely: the new name or client id is somebody else's.
        return Envelope.Written(false);
    }

    public static async Task<IResult> DeleteAsync(HttpContext context, ObjectKind kind, Caller caller)
    {
        var body = await RequestBody.ReadAsync(context, kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(body.Refusal);
        }

        var target = ObjectTarget.OfBody(context.Request, kind, document);
        if (target.Value is not { Id: var id })
        {
            return Envelope.Error(target.Refusal);
        }

        if (kind == ObjectKinds.User && id is { Owner: Organizations.BuiltIn, Name: "admin" })
        {
            return Envelope.Error("Unauthorized operation");
        }

        var record = ObjectRecords.Of(context, caller, "delete-" + kind.Name, id);
        var organization = ObjectTarget.Text(document, "organization");
        return await WriteAsync(context, async (connection, transaction) =>
        {
            var stored = await ObjectStore.FindAsync(connection, kind, id.Owner, id.Name, transaction);
            if (stored is not null && !ObjectTarget.IsOf(stored, organization))
            {
                return Written.Undo(Envelope.Error("Unauthorized operation"));
            }

            if (stored is null || kind.BuiltIn == id.Name)
            {
                return Written.Undo(Envelope.Written(false));
            }

            if (await ObjectStore.RefuseDeletionAsync(connection, kind, id.Name, record.CreatedTime, transaction) is { } refusal)
            {
                return Written.Undo(Envelope.Error(refusal));
            }

            if (!await ObjectStore.DeleteAsync(connection, transaction, kind, id.Owner, id.Name, record.CreatedTime))
            {
                return Written.Undo(Envelope.Written(false));
            }

            await Records.AddAsync(connection, record.Deleting(stored), transaction);
            return Written.Keep(Envelope.Written(true));
        });
    }

    /// <summary>An object of an organization that does not exist would belong to whoever makes that organization later.</summary>
    internal static async Task<string?> RefuseOrganizationAsync(
        DbConnection connection, DbTransaction transaction, ObjectKind kind, IReadOnlyDictionary<string, object?> values)
    {
        var column = kind == ObjectKinds.Application ? "organization" : "owner";
        return kind != ObjectKinds.Organization
            && values.TryGetValue(column, out var value)
            && value is string organization
            && !(organization == "admin" && (kind == ObjectKinds.Provider || kind == ObjectKinds.Cert))
            && await Organizations.FindAsync(connection, organization, transaction) is null
                ? $"The organization: {organization} does not exist"
                : null;
    }

    private static IResult Taken(ObjectKind kind, string name) => kind.Name switch
    {
        "user" => Envelope.Error("Username already exists"),
        "application" => Envelope.Written(false),
        _ => Envelope.Error($"The {kind.Name}: {name} already exists"),
    };

    private static Task<IResult> WriteAsync(HttpContext context, WriteFunction<IResult> write) =>
        context.RequestServices.GetRequiredService<Database>().WriteAsync(write);
}
