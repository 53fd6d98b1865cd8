using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Objects;

// An object is added: judged, hashed and encrypted, then written with its record.
internal static partial class ObjectWrites
{
    public static async Task<IResult> AddAsync(ObjectCall call)
    {
        var (context, kind, caller) = (call.Context, call.Kind, call.Caller);
        var body = await RequestBody.ReadAsync(context, kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var named = ObjectTarget.OrganizationOf(kind, document);
        if (!call.Allows(named) || (context.Request.Query["organization"].ToString() is { Length: > 0 } asked && asked != named))
        {
            return Envelope.Denied();
        }

        Additions.NameCaller(kind, document, caller);
        var organization = await call.Database.ReadAsync(c => Organizations.FindAsync(c, named), context.RequestAborted);
        JsonObject? product = null;
        var prepared = call.Store.PrepareAdd(kind, document, read =>
        {
            product = PlanProduct.Of(kind, read);
            return Additions.Complete(kind, read, organization, caller);
        });
        if (prepared.Value is not { } ready)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
        }

        if ((RefuseRetention(call, ready.Values) ?? GivenAccess.Refuse(kind, ready.Values, caller) ?? ForeignNames.Refuse(ready, caller)) is { } unfit)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, unfit);
        }

        // What is written is what was judged, whatever the defaults of the kind filled in.
        if (ready.Organization != named || !MayOwn(call, ready.Owner, named))
        {
            return Envelope.Denied();
        }

        var answers = context.RequestServices.GetRequiredService<TakenAnswers>();
        if (IsOneOfAll(kind, ready.Owner) && answers.IsSpent(caller))
        {
            return Envelope.Error(ErrorCode.TooManyRequests, TakenAnswers.Later);
        }

        ready = await call.Store.HashAsync(ready, context.RequestServices.GetRequiredService<PasswordChecks>(), context.RequestAborted);
        var isTaken = false;
        var beside = product is null ? null : call.Store.PrepareAdd(ProductKind.Kind, product).Value;
        var record = ObjectRecords.Of(context, caller, "add-" + kind.Name, new ObjectId(ready.Owner, ready.Name)).Adding(ready);
        var result = await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (await OrganizationRules.RefuseAsync(connection, transaction, kind, ready.Values) is { } refusal)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.InvalidRequest, refusal));
            }

            if (await MemberRules.RefuseAsync(connection, transaction, kind, ready.Id, ready.Organization, ready.Lists, caller) is { } foreign)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.InvalidRequest, foreign));
            }

            if (await WebhookLimit.RefuseAsync(connection, transaction, kind, ready.Id, ready.Organization) is { } tooMany)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.LimitReached, tooMany));
            }

            if (await Additions.RefuseTakenAsync(connection, transaction, ready) is { } taken)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.AlreadyExists, taken));
            }

            if (!await ObjectStore.AddAsync(connection, transaction, ready) || (beside is not null && !await ObjectStore.AddAsync(connection, transaction, beside)))
            {
                isTaken = true;
                return Written.Rollback(kind == ObjectKinds.User ? Envelope.Error(ErrorCode.AlreadyExists, UserIds.Taken(ready.Id)) : Taken(kind, ready.Name));
            }

            // After the row: a deletion of the cert of this name at this instant is waited for there.
            if (kind == ObjectKinds.Cert && await RetiredCerts.HasAsync(connection, ready.Name, transaction))
            {
                return Written.Rollback(Envelope.Error(ErrorCode.AlreadyExists, CertNames.Retired(ready.Name)));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(await AddedAsync(connection, transaction, ready));
        });
        if (isTaken && IsOneOfAll(kind, ready.Owner))
        {
            answers.Admit(caller);
        }

        return result;
    }

    private static IResult Taken(ObjectKind kind, string name) => kind.Name switch
    {
        "application" => Envelope.Written(false),
        "ldap" => Envelope.Error(ErrorCode.AlreadyExists, new("Ldap server exist", "LDAP 服务器已存在")),
        _ => Envelope.Error(ErrorCode.AlreadyExists, kind.Lookup.Length > 0 && kind.Lookup != "name"
            ? new LocalizedText(
                $"The {kind.Name}: {name} already exists, or its {kind.Lookup} is another one's",
                $"{kind.Name}: {name} 已存在，或其 {kind.Lookup} 已被占用")
            : new LocalizedText($"The {kind.Name}: {name} already exists", $"{kind.Name}: {name} 已存在")),
    };

    private static async Task<IResult> AddedAsync(DbConnection connection, DbTransaction transaction, PreparedObject added) =>
        added.Kind.IsNamedByServer ? Envelope.Ok(added.Name)
        : added.Kind == LdapKind.Kind && await ObjectStore.FindAsync(connection, added.Kind, added.Owner, added.Name, transaction) is { } ldap ? Envelope.Ok(Envelope.Affected, ldap.Show())
        : Answer(added.Kind, "add", true);
}
