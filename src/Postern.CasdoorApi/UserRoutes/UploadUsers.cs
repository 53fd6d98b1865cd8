using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Credentials.Formats;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>POST /api/upload-users</c>: the users of a file, each judged as <c>add-user</c> judges one; all of them
/// are added or none, and the sentence says which row is why.
/// </summary>
internal static class UploadUsers
{
    /// <summary>Each costs a core for a while; those that come hashed cost nothing.</summary>
    private const int MostClearPasswords = 200;

    public static Task<IResult> HandleAsync(RouteCall call) => UploadedSheet.ReadAsync(call, ObjectKinds.User, rows => AddAsync(call, rows));

    private static async Task<IResult> AddAsync(RouteCall call, List<SheetObject> rows)
    {
        if (rows.Count(d => ObjectTarget.Text(d.Document, "password").Length > 0 && PasswordFormats.IsClear(ObjectTarget.Text(d.Document, "passwordType"))) > MostClearPasswords)
        {
            return Envelope.Error(ErrorCode.LimitReached, new(
                $"the file has more than {MostClearPasswords} passwords in clear text: send it in parts, or without passwords",
                $"文件中的明文密码超过 {MostClearPasswords} 个，请分批上传，或不带密码上传"));
        }

        var (users, refusal) = await PrepareAsync(call, rows);
        return refusal is not null ? Envelope.Error(ErrorCode.InvalidRequest, refusal) : await WriteAsync(call, users);
    }

    private static async Task<(List<NewUser> Users, LocalizedText? Refusal)> PrepareAsync(RouteCall call, List<SheetObject> rows)
    {
        var services = call.Context.RequestServices;
        var (store, checks, users) = (services.GetRequiredService<ObjectStore>(), services.GetRequiredService<PasswordChecks>(), new List<NewUser>(rows.Count));
        var organizations = new Dictionary<string, Organization?>(StringComparer.Ordinal);
        foreach (var owner in rows.Select(d => ObjectTarget.Text(d.Document, "owner")).Distinct(StringComparer.Ordinal))
        {
            organizations[owner] = await call.ReadAsync(c => Organizations.FindAsync(c, owner));
        }

        foreach (var (row, document) in rows)
        {
            call.Context.RequestAborted.ThrowIfCancellationRequested();
            var organization = organizations[ObjectTarget.Text(document, "owner")];
            var prepared = store.PrepareAdd(ObjectKinds.User, document, read => Additions.Complete(ObjectKinds.User, read, organization, call.Caller));
            if (prepared.Value is not { } ready)
            {
                return (users, SheetObject.InRow(row, prepared.Refusal));
            }

            users.Add(new(row, ready));
        }

        // After all were judged, and one after another: a file has one place in the queue.
        foreach (var (index, (row, user)) in users.Index().ToList())
        {
            users[index] = new(row, await store.HashAsync(user, checks, call.Context.RequestAborted));
        }

        return (users, null);
    }

    private static Task<IResult> WriteAsync(RouteCall call, List<NewUser> users)
    {
        var owners = users.GroupBy(u => u.User.Owner, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
        return UploadedSheet.WriteAsync(call, ObjectKinds.User, users.Select(u => u.User), async (connection, transaction) =>
        {
            foreach (var some in owners)
            {
                if (await NewUser.AddAsync(connection, transaction, some, call.Caller) is { } refusal)
                {
                    return refusal;
                }
            }

            return null;
        });
    }
}
