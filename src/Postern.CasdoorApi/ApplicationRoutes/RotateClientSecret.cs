using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.ApplicationRoutes;

/// <summary><c>POST /api/rotate-client-secret</c> (ours): a new secret, shown once; the old one is refused from then on.</summary>
internal static class RotateClientSecret
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id) || await call.ReadAsync(c => Applications.FindAsync(c, id.Name)) is not { } application
            || !call.Allows(application.ApiAccess == ApiAccess.Installation ? Organizations.BuiltIn : application.Organization))
        {
            return Envelope.Denied();
        }

        if (application.Name == Applications.Console)
        {
            return Envelope.Error(ErrorCode.Immutable, new("the console has no secret: it is a public client", "控制台没有密钥：它是公共客户端"));
        }

        var secret = ApplicationKind.NewSecret();
        var kept = call.Context.RequestServices.GetRequiredService<SecretStore>().Protect(SecretColumn.ApplicationSecret, application.Id, secret);
        var record = ObjectRecords.Of(call.Context, call.Caller, "rotate-client-secret", new ObjectId("admin", application.Name)) with
        {
            ObjectRow = new(ObjectKinds.Application.Name, application.Id),
            Concerned = [application.Organization],
        };
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            // The application is still what the caller was judged by.
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller)
                || await connection.ExecuteAsync(
                    "update applications set client_secret = @kept where id = @Id and organization = @Organization and api_access = @ApiAccess",
                    new { kept, application.Id, application.Organization, application.ApiAccess }, transaction) != 1)
            {
                return Written.Rollback(Envelope.Denied());
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Ok(secret));
        });
    }
}
