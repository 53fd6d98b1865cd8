using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Objects;

/// <summary>The three writes on an object, each with its record in the same transaction.</summary>
internal static partial class ObjectWrites
{
    public static async Task<IResult> UpdateAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var target = RequestTarget.OfUpdate(call.Context.Request, call.Kind, document);
        return target.Value is { } named ? await UpdateAsync(call, document, named) : Envelope.Error(ErrorCode.InvalidRequest, target.Refusal);
    }

    internal static async Task<IResult> UpdateAsync(ObjectCall call, JsonObject document, Target target)
    {
        var (context, kind, caller, id) = (call.Context, call.Kind, call.Caller, target.Id);
        var columns = ColumnsOf(context.Request);
        var answers = context.RequestServices.GetRequiredService<TakenAnswers>();
        if (IsOneOfAll(kind, id.Owner) && answers.IsSpent(caller))
        {
            return Envelope.Error(ErrorCode.TooManyRequests, TakenAnswers.Later);
        }

        var record = ObjectRecords.Of(context, caller, "update-" + kind.Name, id);
        var answer = await Repeated.RunAsync<IResult>(async _ =>
        {
            var (stored, shown, isAllowed) = await call.Database.ReadAsync(async connection =>
            {
                var (found, allowed) = await call.FindAsync(connection, target);
                return (found, found is not null && allowed ? (await ObjectStore.ShowAsync(connection, [found]))[0] : null, allowed);
            }, context.RequestAborted);
            if (!isAllowed)
            {
                return Envelope.Denied();
            }

            if (stored is null || shown is null)
            {
                return Answer(kind, "update", false);
            }

            var prepared = call.Store.PrepareUpdate(stored, document, columns, shown);
            if (prepared.Value is not { } ready)
            {
                return prepared.Refusal == ObjectStore.BuiltInRename ? Envelope.Written(false) : Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
            }

            if ((RefuseRetention(call, ready.Values) ?? GivenAccess.Refuse(kind, ready.Values, caller) ?? ForeignNames.Refuse(ready, caller)) is { } unfit)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, unfit);
            }

            // Judged a second time, as the object that it would become.
            if ((ready.Organization != ObjectTarget.OrganizationOf(stored) && !call.Allows(ready.Organization))
                || ((ready.Owner != stored.Owner || ready.Organization != ObjectTarget.OrganizationOf(stored)) && !MayOwn(call, ready.Owner, ready.Organization)))
            {
                return Envelope.Denied();
            }

            return await call.Database.WriteAsync<IResult?>(async (connection, transaction) =>
            {
                if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, caller))
                {
                    return Written.Rollback<IResult?>(Envelope.Denied());
                }

                if (await OrganizationRules.RefuseAsync(connection, transaction, kind, ready.Values) is { } refusal)
                {
                    return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.InvalidRequest, refusal));
                }

                if (await MemberRules.RefuseAsync(connection, transaction, kind, stored.Id, ready.Organization, ready.Lists, caller) is { } foreign)
                {
                    return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.InvalidRequest, foreign));
                }

                if (ready.Organization != ObjectTarget.OrganizationOf(stored)
                    && await WebhookLimit.RefuseAsync(connection, transaction, kind, stored.Id, ready.Organization) is { } tooMany)
                {
                    return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.LimitReached, tooMany));
                }

                if (await LastAdministrator.RefuseAsync(connection, transaction, caller, ready) is { } needed)
                {
                    return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.InUse, needed));
                }

                if (!await ObjectStore.UpdateAsync(connection, transaction, ready))
                {
                    return Written.Rollback<IResult?>(null);
                }

                await Records.AddAsync(connection, record.Changing(ready), transaction);
                return Written.Commit<IResult?>(Answer(kind, "update", true));
            });
        });
        if (answer is not null)
        {
            return answer;
        }

        // Three times changed under our hands, or more likely: the new name or client id is somebody else's.
        if (IsOneOfAll(kind, id.Owner))
        {
            answers.Admit(caller);
        }

        return Answer(kind, "update", false);
    }

    public static async Task<IResult> DeleteAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        return await DeleteAsync(call, document, ObjectTarget.OfBody(call.Kind, document));
    }

    internal static async Task<IResult> DeleteAsync(ObjectCall call, JsonObject document, ObjectId id)
    {
        var (context, kind) = (call.Context, call.Kind);
        var record = ObjectRecords.Of(context, call.Caller, "delete-" + kind.Name, id);
        string[] organizations = [ObjectTarget.Text(document, "organization"), context.Request.Query["organization"].ToString()];
        IReadOnlyList<string> files = [];
        var answer = await call.Database.WriteAsync(async (connection, transaction) =>
        {
            var (stored, isAllowed) = await call.FindAsync(connection, id, transaction);
            if (!isAllowed || (stored is not null && organizations.Any(o => !ObjectTarget.IsOf(stored, o))) || !await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (kind == ObjectKinds.User && id is { Owner: Organizations.BuiltIn, Name: "admin" })
            {
                return Written.Rollback(Envelope.Error(ErrorCode.AccessDenied, new("Unauthorized operation", "未授权的操作")));
            }

            if (stored is null || kind.BuiltIn.Contains(id.Name))
            {
                return Written.Rollback(Answer(kind, "delete", false));
            }

            if (await LastAdministrator.RefuseAsync(connection, transaction, call.Caller, stored) is { } needed)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.InUse, needed));
            }

            if (await ObjectStore.RefuseDeletionAsync(connection, stored, record.CreatedTime, transaction) is { } refusal)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.InUse, refusal));
            }

            files = kind == ObjectKinds.User ? await Files.IdsOfUserAsync(connection, stored.Id, transaction) : [];
            if (!await ObjectStore.DeleteAsync(connection, transaction, kind, stored.Owner, stored.Name, record.CreatedTime))
            {
                return Written.Rollback(Answer(kind, "delete", false));
            }

            await Records.AddAsync(connection, record.Deleting(stored), transaction);
            return Written.Commit(Answer(kind, "delete", true));
        });
        await FileStore.DeleteAsync(call.Context, files);
        return answer;
    }

    /// <summary>The trail also tells what an organization's administrators did: how long it stays at least, the installation says.</summary>
    private static LocalizedText? RefuseRetention(ObjectCall call, IReadOnlyDictionary<string, object?> values)
    {
        if (call.Kind != ObjectKinds.Organization || values.GetValueOrDefault("record_retention_days") is not (long and > 0 and var days))
        {
            return null;
        }

        var least = call.Context.RequestServices.GetRequiredService<CasdoorApiOptions>().MinimumRecordRetentionDays;
        return days < least
            ? new LocalizedText(
                $"recordRetentionDays must be at least {least}, which this installation sets, or 0 to keep records for ever",
                $"recordRetentionDays 至少为 {least}（由本系统的设置决定），或为 0 以永久保留记录")
            : null;
    }

    /// <summary>The properties that an update is about, where its query names them.</summary>
    internal static string[] ColumnsOf(HttpRequest request) =>
        request.Query["columns"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Whether the caller may write an object of this organization under this owner's names. Both say whose it is: its names
    /// are the installation's, its organization's, or those of an organization that the caller administers too.
    /// </summary>
    private static bool MayOwn(ObjectCall call, string owner, string organization) =>
        !call.Kind.IsShared || owner == "admin" || owner == organization || call.Caller.IsAdminOf(owner);

    /// <summary>Whether an answer about what is taken tells what another organization has: a name of the installation's, or what is looked up without an owner.</summary>
    private static bool IsOneOfAll(ObjectKind kind, string owner) => owner == "admin" || kind.Lookup.Length > 0;

    /// <summary>Most kinds answer in words, two in other ways, as Casdoor's do.</summary>
    private static IResult Answer(ObjectKind kind, string verb, bool isDone) =>
        kind.AnswersTruth ? Envelope.Ok(JsonValue.Create(isDone))
        : kind == ObjectKinds.Model && verb == "update" ? Envelope.Ok()
        : Envelope.Written(isDone);
}
