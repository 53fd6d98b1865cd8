using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Uploads;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>The file of a request that adds many objects of one kind, as rows whose owners the caller administers.</summary>
internal static class UploadedSheet
{
    private const int LargestFile = 10 * 1024 * 1024;

    // A file unpacked takes many times its size.
    private static readonly SemaphoreSlim One = new(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Adds all of the objects or none, with their records.</summary>
    /// <param name="call">Whose file it was.</param>
    /// <param name="kind">Of the objects.</param>
    /// <param name="objects">All of them.</param>
    /// <param name="add">Adds them inside the write, or says why not.</param>
    public static Task<IResult> WriteAsync(
        RouteCall call, ObjectKind kind, IEnumerable<PreparedObject> objects, Func<DbConnection, DbTransaction, Task<LocalizedText?>> add)
    {
        var records = RecordsOf(call, kind, objects);
        return call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (await add(connection, transaction) is { } refusal)
            {
                return Written.Rollback(Envelope.Error(ErrorCode.InvalidRequest, refusal));
            }

            foreach (var record in records)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return Written.Commit(Envelope.Written(true));
        });
    }

    /// <summary>What was added, as a record for each organization: its administrators read nothing of what another one was given.</summary>
    private static IReadOnlyList<AuditRecord> RecordsOf(RouteCall call, ObjectKind kind, IEnumerable<PreparedObject> added) =>
    [
        .. added.GroupBy(o => o.Owner, StringComparer.Ordinal).Select(some => ObjectRecords.Of(call.Context, call.Caller, "upload-" + kind.Plural, new ObjectId(some.Key, "")) with
        {
            Detail = $"{some.Count()} {kind.Plural}",
            NewValues = RecordValues.TextOf(null, new JsonObject { [kind.Plural] = new JsonArray([.. some.Select(o => (JsonNode)$"{o.Owner}/{o.Name}")]) }),
        }),
    ];

    /// <summary>Reads the rows and has them added, or refuses the file.</summary>
    public static async Task<IResult> ReadAsync(RouteCall call, ObjectKind kind, Func<List<SheetObject>, Task<IResult>> add)
    {
        var owner = call.Query("owner") is { Length: > 0 } named ? named : call.Caller.Organization;
        if (!call.Allows(owner))
        {
            return Envelope.Denied();
        }

        using var file = new MemoryStream();
        var (part, refusal) = await UploadedPart.ReadAsync(call.Context.Request, file, LargestFile, call.Context.RequestAborted);
        if (part is null)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, refusal!);
        }

        if (!await One.WaitAsync(LongestWait, call.Context.RequestAborted))
        {
            return Envelope.Error(ErrorCode.Unavailable, new("another file is being read: try again in a few seconds", "正在读取另一个文件，请几秒后重试"));
        }

        try
        {
            var read = SheetObjects.Read(file, kind);
            if (read.Value is not { } rows)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
            }

            foreach (var (_, document) in rows)
            {
                if (ObjectTarget.Text(document, "owner").Length == 0)
                {
                    document["owner"] = owner;
                }

                // Before anything is looked up: what is not the caller's is refused as a whole.
                if (!call.Allows(ObjectTarget.Text(document, "owner")))
                {
                    return Envelope.Denied();
                }

                Additions.NameCaller(kind, document, call.Caller);
            }

            return await add(rows);
        }
        finally
        {
            One.Release();
        }
    }
}
