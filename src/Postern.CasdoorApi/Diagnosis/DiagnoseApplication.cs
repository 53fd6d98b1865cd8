using System.Text.Json.Nodes;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Looks at what the security profile of an application demands, and says what is not met and what to do. Changes nothing.</summary>
internal static class DiagnoseApplication
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("id must name the application as admin/name", "id 必须写成 admin/name 以指明应用"));
        }

        var (application, shown) = await call.ReadAsync(async c =>
            (await Applications.FindAsync(c, id.Name), await ObjectStore.GetAsync(c, ObjectKinds.Application, "admin", id.Name)));
        if (application is null || shown is null)
        {
            return call.Allows(Organizations.BuiltIn) ? Envelope.Error(ErrorCode.NotFound, new(
                "there is no such application",
                "没有该应用")) : Envelope.Denied();
        }

        if (!call.Allows(application.ApiAccess == ApiAccess.Installation ? Organizations.BuiltIn : application.Organization))
        {
            return Envelope.Denied();
        }

        var services = call.Context.RequestServices;
        if (!services.GetRequiredService<DiagnosisLimit>().Admit(application.Id))
        {
            return Envelope.Error(ErrorCode.TooManyRequests, new(
                "this application was diagnosed six times in this minute: wait for the next one",
                "该应用一分钟内已诊断六次，请稍后再试"));
        }

        IEnumerable<Check> checks = application.Profile == SecurityProfile.Usual
            ? [new("securityProfile", CheckState.Ok, new("The application has the usual rules: it has no security profile.", "该应用使用常规规则，未设置安全规范。"))]
            : await ProfileChecks.RunAsync(
                application, shown, services.GetRequiredService<ClientKeys>(), call.Database, services.GetRequiredService<CasdoorApiOptions>(), call.Context.RequestAborted);
        await call.Database.WriteAsync(async (connection, transaction) =>
        {
            await Records.AddAsync(connection, ObjectRecords.Of(call.Context, call.Caller, "diagnose-application", new ObjectId("admin", application.Name)), transaction);
            return Written.Commit(true);
        });
        return Envelope.Ok(new JsonObject
        {
            ["application"] = $"admin/{application.Name}",
            ["checkedTime"] = Rfc3339.Of(services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds()),
            ["checks"] = new JsonArray([.. checks.Select(c => c.ToJson())]),
        });
    }
}
