using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Directory.Records;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary>Judges and writes a change of a user.</summary>
internal sealed class UserUpdates(Database database, ObjectStore store, PasswordChanges passwords, PasswordChecks checks, TakenAnswers takenAnswers)
{
    public async Task<IResult> UpdateAsync(
        HttpContext context, Caller caller, ObjectId id, bool isCaller, JsonObject body, IReadOnlyCollection<string> columns, bool mayBeNameless)
    {
        var answer = await Repeated.RunAsync<IResult>(async attempt =>
        {
            var target = await database.ReadAsync(c => UpdateTarget.FindAsync(c, id, caller, isCaller), context.RequestAborted);
            if (target is null)
            {
                return Envelope.NoSuchUser(id);
            }

            var read = UserChanges.Read(body, target, columns);
            if (read.Value is not { } changes)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
            }

            var properties = changes.Properties;
            if (properties.TryGetPropertyValue("displayName", out var displayName) && displayName!.GetValue<string>().Length == 0 && !mayBeNameless)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, new("Display name cannot be empty", "显示名称不能为空"));
            }

            if (UserRules.RefuseContacts(properties) is { } contactRefusal)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, contactRefusal);
            }

            // Last, because a trial counts.
            if (changes.Password is { } password)
            {
                var judged = await passwords.JudgeAsync(context, target, password);
                if (judged.Refusal is not null)
                {
                    return Envelope.Error(ErrorCode.InvalidRequest, judged.Refusal);
                }

                if (!judged.IsUnchanged)
                {
                    properties["password"] = password;
                }
            }

            if (properties.Count == 0 && changes.Vouched.Count == 0)
            {
                return Envelope.Written(true);
            }

            var prepared = store.PrepareUpdate(target.Stored, properties);
            if (prepared.Value is not { } change)
            {
                return Envelope.Error(ErrorCode.InvalidRequest, prepared.Refusal);
            }

            change = change.Vouching(changes.Vouched);

            // Each of these tries tells whether another user has the value, also one that succeeds. Administrators read all users of theirs.
            if (attempt == 0 && !target.IsByAdmin && UserRules.IsAsked(change.Values) && !takenAnswers.Admit(caller))
            {
                return Envelope.Error(ErrorCode.TooManyRequests, TakenAnswers.Later);
            }

            var ready = await store.HashAsync(change, checks, context.RequestAborted);
            return await WriteAsync(context, target, ready, properties);
        });
        return answer ?? Envelope.Written(false);
    }

    /// <summary>Null where the row is no longer what was read: read again and decide again.</summary>
    private Task<IResult?> WriteAsync(HttpContext context, UpdateTarget target, PreparedUpdate ready, JsonObject properties)
    {
        var record = ObjectRecords.Of(context, target.Caller, "update-user", new ObjectId(target.Stored.Owner, target.Stored.Name)) with { Detail = string.Join(',', properties.Select(p => p.Key)) };
        record = record.Changing(ready);
        return database.WriteAsync<IResult?>(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, target.Caller))
            {
                return Written.Rollback<IResult?>(Envelope.Denied());
            }

            if (!await IsAsReadAsync(connection, target, transaction))
            {
                return Written.Rollback<IResult?>(null);
            }

            if (await UserRules.RefuseTakenAsync(connection, transaction, target.Stored.Owner, target.User.Id, ready.Values) is { } taken)
            {
                return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.AlreadyExists, taken));
            }

            // A name that means somebody is an administrator's to give.
            if (!target.IsByAdmin && ready.Values.GetValueOrDefault("name") is string chosen
                && await UserNamesInUse.HasAsync(connection, target.Stored.Owner, chosen, transaction))
            {
                return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.AlreadyExists, new("Username already exists", "用户名已存在")));
            }

            if (await MemberRules.RefuseAsync(connection, transaction, ObjectKinds.User, target.Stored.Id, target.Stored.Owner, ready.Lists, target.Caller) is { } foreign)
            {
                return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.InvalidRequest, foreign));
            }

            if (await LastAdministrator.RefuseAsync(connection, transaction, target.Caller, ready) is { } needed)
            {
                return Written.Rollback<IResult?>(Envelope.Error(ErrorCode.InUse, needed));
            }

            if (!await ObjectStore.UpdateAsync(connection, transaction, ready))
            {
                return Written.Rollback<IResult?>(null);
            }

            // An administrator's new password ends the sign-ins by the old one, as set-password does.
            if (ready.Values.ContainsKey("password") && target.User.Password.Length > 0)
            {
                await OtherSignIns.EndAsync(connection, transaction, target.Caller, target.User.Id, record.CreatedTime);
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit<IResult?>(Envelope.Written(true));
        });
    }

    /// <summary>The password that was proved, and the address and number that an administrator vouches for, are still the user's.</summary>
    private static async Task<bool> IsAsReadAsync(DbConnection connection, UpdateTarget target, DbTransaction transaction) =>
        await connection.ExecuteAsync(
            "update users set updated_time = updated_time where id = @Id and password = @Password and email = @email and phone = @phone",
            new { target.User.Id, target.User.Password, email = target.Stored.Text("email"), phone = target.Stored.Text("phone") }, transaction) == 1;
}
