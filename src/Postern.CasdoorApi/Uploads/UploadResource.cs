using System.Text.Json.Nodes;
using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Uploads;

/// <summary>
/// <c>POST /api/upload-resource</c>: a file of the calling user, or one that an administrator uploads for a user of the
/// organization. The answer's <c>data</c> is its address, <c>data2</c> the resource's name with a leading slash.
/// </summary>
internal static class UploadResource
{
    private const long MostFiles = 1000;
    private const string Avatar = "avatar";
    private const int Megabyte = 1024 * 1024;

    public static async Task<IResult> HandleAsync(ObjectCall call)
    {
        var query = call.Context.Request.Query;
        var owner = query["owner"].ToString();
        // A PHP library names the owner admin, whatever the organization.
        owner = owner.Length > 0 && (owner != "admin" || call.Caller.IsGlobalAdmin) ? owner : call.Caller.Organization;
        var user = query["user"].ToString();
        user = user.StartsWith(owner + "/", StringComparison.Ordinal) ? user[(owner.Length + 1)..] : user.Length > 0 ? user : call.Caller.User?.Name ?? "";
        if (!call.Allows(owner, user))
        {
            return Envelope.Denied();
        }

        var (files, id) = (call.Context.RequestServices.GetRequiredService<FileStore>(), FileStore.NewId());
        var isKept = false;
        try
        {
            UploadedPart? part;
            LocalizedText? refusal;
            await using (var target = files.Create(id))
            {
                var largest = (long)call.Context.RequestServices.GetRequiredService<CasdoorApiOptions>().ResourceMegabytes * Megabyte;
                (part, refusal) = await UploadedPart.ReadAsync(call.Context.Request, target, largest, call.Context.RequestAborted);
                // What is answered is on disk.
                target.Flush(flushToDisk: part is not null);
            }

            if (part is null)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, refusal!);
            }

            (var result, isKept) = await KeepAsync(call, files, id, new ObjectId(owner, user), part);
            return result;
        }
        finally
        {
            if (!isKept)
            {
                files.Delete(id);
            }
        }
    }

    private static async Task<(IResult Result, bool IsKept)> KeepAsync(ObjectCall call, FileStore files, string id, ObjectId user, UploadedPart part)
    {
        var query = call.Context.Request.Query;
        var path = query["fullFilePath"].ToString().TrimStart('/') is { Length: > 0 } full ? full : part.Name;
        // The Go and .NET clients call every part "file".
        var extension = FileType.ExtensionOf(Path.HasExtension(path) ? path : part.Name, part.Head);
        var address = files.AddressOf(id, extension);
        PreparedUpdate? avatar = null;
        // Client libraries name every upload an avatar: what is no picture is kept as a file.
        if (query["tag"] == Avatar && user.Name.Length > 0 && FileType.IsPicture(extension, part.Head))
        {
            var change = await PrepareAvatarAsync(call, user, address);
            if (change.Value is null)
            {
                return (Envelope.Error(ErrorCode.InvalidRequest, change.Refusal), false);
            }

            avatar = change.Value;
        }

        var prepared = call.Store.PrepareAdd(call.Kind, new JsonObject
        {
            ["owner"] = user.Owner,
            ["name"] = "/" + (path.Length > 0 ? path : id + extension),
            ["user"] = user.Name,
            ["application"] = query["application"].ToString(),
            ["tag"] = query["tag"].ToString(),
            ["parent"] = query["parent"].ToString(),
            ["fileName"] = Path.GetFileName(path),
            ["fileType"] = FileType.Of(extension).Kind,
            ["fileFormat"] = extension,
            ["fileSize"] = part.Size,
            ["url"] = address,
            ["description"] = query["description"].ToString(),
        }, read => ControlCharacters.Refuse(call.Kind, read));
        return prepared.Value is { } ready
            ? await WriteAsync(call, files, ready, avatar, new StoredFile
            {
                Id = id,
                ResourceId = ready.Id,
                Owner = user.Owner,
                UserId = "",
                Extension = extension,
                Size = part.Size,
                CreatedTime = (long)ready.Values["created_time"]!,
            })
            : (Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal), false);
    }

    private static async Task<Prepared<PreparedUpdate>> PrepareAvatarAsync(ObjectCall call, ObjectId user, string address)
    {
        var target = await call.Database.ReadAsync(c => UpdateTarget.FindAsync(c, user, call.Caller, isCaller: false), call.Context.RequestAborted);
        return target is null ? new(null, new($"The user: {user} doesn't exist", $"用户: {user} 不存在"))
            : target.Items.Refuse(Avatar, address, target.IsByAdmin) is { } refusal ? new(null, refusal)
            : call.Store.PrepareUpdate(target.Stored, new JsonObject { [Avatar] = address });
    }

    private static async Task<(IResult Result, bool IsKept)> WriteAsync(ObjectCall call, FileStore files, PreparedObject ready, PreparedUpdate? avatar, StoredFile file)
    {
        var quota = call.Context.RequestServices.GetRequiredService<CasdoorApiOptions>().ResourceQuotaMegabytes;
        var record = ObjectRecords.Of(call.Context, call.Caller, "upload-resource", new ObjectId(ready.Owner, ready.Name)).Adding(ready);
        var taken = call.Context.RequestServices.GetRequiredService<TakenAnswers>();
        if (!call.Caller.IsAdminOf(ready.Organization) && taken.IsSpent(call.Caller))
        {
            return (Envelope.Error(ErrorCode.TooManyRequests, TakenAnswers.Later), false);
        }

        var isTaken = false;
        var (result, replaced, isKept) = await call.Database.WriteAsync<(IResult, StoredFile?, bool)>(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Refused(Envelope.Denied());
            }

            if (await Organizations.FindAsync(connection, file.Owner, transaction) is null)
            {
                return Refused(Envelope.Error(ErrorCode.NotFound, new(
                    $"The organization: {file.Owner} does not exist",
                    $"组织: {file.Owner} 不存在")));
            }

            // One upload of a user after the other: what is counted here must not grow meanwhile.
            var userId = await Users.LockAsync(connection, file.Owner, (string)ready.Values["user_name"]!, transaction) ?? "";

            StoredFile? old = null;
            if (await ObjectStore.FindAsync(connection, call.Kind, ready.Owner, ready.Name, transaction) is { } existing)
            {
                // A second upload under a name replaces what the same user has there, and nobody else's.
                if (ObjectTarget.UserIdOf(existing) != userId || (userId.Length == 0 && existing.Text("user_name") != (string)ready.Values["user_name"]!))
                {
                    isTaken = true;
                    return Refused(Envelope.Error(ErrorCode.AlreadyExists, new(
                        $"The resource: {ready.Name} already exists",
                        $"资源: {ready.Name} 已存在")));
                }

                old = await Files.OfResourceAsync(connection, existing.Id, transaction);
                await ObjectStore.DeleteAsync(connection, transaction, call.Kind, existing.Owner, existing.Name, record.CreatedTime);
            }

            if (!await ObjectStore.AddAsync(connection, transaction, ready))
            {
                return Refused(Envelope.Error(ErrorCode.AlreadyExists, new(
                    $"The resource: {ready.Name} already exists",
                    $"资源: {ready.Name} 已存在")));
            }

            await Files.AddAsync(connection, file with { UserId = userId }, transaction);
            var (count, bytes) = await Files.OfUserAsync(connection, userId, transaction);
            if (userId.Length > 0 && (count > MostFiles || bytes > (long)quota * Megabyte))
            {
                return Refused(Envelope.Error(ErrorCode.LimitReached, new(
                    $"a user may keep {MostFiles} files and {quota} MB: delete some first",
                    $"每个用户最多保存 {MostFiles} 个文件，共 {quota} MB：请先删除一些")));
            }

            if (avatar is not null && !await ObjectStore.UpdateAsync(connection, transaction, avatar))
            {
                return Refused(Envelope.NoSuchUser($"{avatar.Stored.Owner}/{avatar.Stored.Name}"));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit<(IResult, StoredFile?, bool)>((Envelope.Ok(files.AddressOf(file.Id, file.Extension), ready.Name), old, true));
        });
        if (isTaken)
        {
            taken.Admit(call.Caller);
        }

        if (replaced is not null)
        {
            files.Delete(replaced.Id);
        }

        return (result, isKept);

        static Written<(IResult, StoredFile?, bool)> Refused(IResult result) => Written.Rollback<(IResult, StoredFile?, bool)>((result, null, false));
    }
}
