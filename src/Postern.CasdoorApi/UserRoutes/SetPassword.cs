using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>POST /api/set-password</c>: a user's new password, set by the user with the present one, or by an administrator of the
/// organization. The user's other sessions and grants end.
/// </summary>
internal static class SetPassword
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var read = await SentFields.ReadAsync(call.Context);
        if (read.Value is not { } sent)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        if (sent.RefuseTarget(("userOwner", "userName"), ("owner", "name")) is { } different)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, different);
        }

        // One .NET client names the user by the properties of the user object.
        var id = new ObjectId(sent["userOwner", "owner"], sent["userName", "name"]);
        var (present, password) = (sent["oldPassword"], sent["newPassword"]);
        if (id.Owner.Length == 0 || id.Name.Length == 0)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("Missing parameter", "缺少参数"));
        }

        // Before anything is read: the answer does not tell who exists.
        if (!call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        if (sent["code"].Length > 0)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "A password cannot be set by a verification code here: send the present password as oldPassword",
                "不支持用验证码设置密码，请用 oldPassword 提供当前密码"));
        }

        var target = await call.ReadAsync(c => UpdateTarget.FindAsync(c, id, call.Caller, isCaller: false));
        if (target is null)
        {
            return Envelope.NoSuchUser(id);
        }

        return await JudgeAsync(call, target, present, password) is { } refusal ? Envelope.Error(ErrorCode.InvalidRequest, refusal) : await WriteAsync(call, target, password);
    }

    /// <summary>The sentence that refuses it, or null. The present password is tried last, because a trial counts.</summary>
    private static async Task<LocalizedText?> JudgeAsync(RouteCall call, UpdateTarget target, string present, string password)
    {
        if (NewPassword.Refuse(target.User, target.Organization, password) is { } unfit)
        {
            return unfit;
        }

        var services = call.Context.RequestServices;
        if (target.IsByAdmin && present.Length == 0)
        {
            return await IsPresentAsync(call, target.User, password) ? NewPassword.Same : null;
        }

        if (!target.IsByAdmin && target.User.Password.Length == 0)
        {
            return await services.GetRequiredService<PasswordChanges>().RefuseFirstAsync(target, password, call.Context.RequestAborted);
        }

        if (target.Items.Refuse("password", password, target.IsOrganizationAdmin) is { } refusal)
        {
            return refusal;
        }

        if (present.Length is 0 or > PasswordOptions.Longest)
        {
            return present.Length == 0
                ? new LocalizedText("oldPassword must be the present password", "oldPassword 必须是当前密码")
                : new LocalizedText("Password is too long", "密码太长");
        }

        var trial = await services.GetRequiredService<PasswordTrials>().TryAsync(call.Context, call.Caller, target.User, present, "set-password-refused");
        return !trial.IsRight ? trial.Wait ?? trial.Wrong
            // Only a caller that knows the present one is told that the new one is the same.
            : present == password ? NewPassword.Same
            : null;
    }

    // A caller that may set any password learns no more by this than by setting it.
    private static async Task<bool> IsPresentAsync(RouteCall call, User user, string password)
    {
        if (user.Password.Length == 0)
        {
            return false;
        }

        var services = call.Context.RequestServices;
        var salt = await call.ReadAsync(c => Organizations.PasswordSaltAsync(c, services.GetRequiredService<SecretStore>(), user.Owner));
        return (await services.GetRequiredService<PasswordChecks>().CheckAsync(new(user.Owner, user.Name), user, password, salt ?? "", call.Context.RequestAborted)).IsRight;
    }

    private static async Task<IResult> WriteAsync(RouteCall call, UpdateTarget target, string password)
    {
        var (caller, user) = (call.Caller, target.User);
        var record = ObjectRecords.Of(call.Context, caller, "set-password", new ObjectId(user.Owner, user.Name));
        var store = call.Context.RequestServices.GetRequiredService<ObjectStore>();
        var prepared = store.PrepareUpdate(target.Stored, NewPassword.Of(password, record.CreatedTime));
        if (prepared.Value is not { } judged)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
        }

        var ready = await store.HashAsync(judged, call.Context.RequestServices.GetRequiredService<PasswordChecks>(), call.Context.RequestAborted);
        record = record.Changing(ready);
        ready = ready.And(("signin_wrong_times", 0L));
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (!await NewPassword.WriteAsync(connection, transaction, user, ready))
            {
                return Written.Rollback(Envelope.Error(ErrorCode.Conflict, new(
                    "The user was changed at the same moment: try again",
                    "该用户同时被修改，请重试")));
            }

            await OtherSignIns.EndAsync(connection, transaction, caller, user.Id, record.CreatedTime);
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Ok());
        });
    }
}
