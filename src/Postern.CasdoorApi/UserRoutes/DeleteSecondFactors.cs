using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>POST /api/delete-mfa</c>: an administrator takes a user's second factors away, which opens the user's sign-in by password again
/// (docs/sign-in-rules.md). Not the user: a stolen token must not make a password enough.
/// </summary>
internal static class DeleteSecondFactors
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = await SentUser.ReadAsync(call);
        if (sent.Refusal is { } refusal)
        {
            return refusal;
        }

        var id = sent.Id;
        if (await call.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.User, id.Owner, id.Name)) is not { } user)
        {
            return Envelope.NoSuchUser(id);
        }

        var update = call.Context.RequestServices.GetRequiredService<ObjectStore>().PrepareWithoutSecondFactors(user);
        var record = ObjectRecords.Of(call.Context, call.Caller, "delete-mfa", id);
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (!await ObjectStore.UpdateAsync(connection, transaction, update))
            {
                return Written.Rollback(Envelope.Error(ErrorCode.Conflict, new(
                    "The user was changed at the same moment: try again",
                    "该用户同时被修改，请重试")));
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Ok());
        });
    }
}
