using System.Text.Json.Nodes;
using Postern.AuthorizationServer.OAuth;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>GET /api/get-app-login</c>: what a sign-in page needs to know of its application.</summary>
internal static class GetAppLoginEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context)
    {
        var database = context.RequestServices.GetRequiredService<Database>();
        switch (context.Request.Query["type"].ToString())
        {
            case "code":
                return await OfCodeAsync(context, database);
            case "device":
                return await OfDeviceAsync(context, database);
            default:
                return Envelope.Ok();
        }
    }

    private static async Task<IResult> OfCodeAsync(HttpContext context, Database database)
    {
        var application = await FindAsync(context, database, AppLoginRequest.ClientId(context));
        if (application is null)
        {
            return Envelope.Error(ErrorCode.NotFound, new("Invalid client_id", "client_id 无效"));
        }

        var reading = AppLoginRequest.Read(context, application);
        var shown = await ShownAsync(context, database, application);
        return reading.Request is null ? Envelope.Error(ErrorCode.InvalidRequest, AppLoginRequest.Sentence(reading), shown) : Envelope.Ok(shown);
    }

    private static async Task<IResult> OfDeviceAsync(HttpContext context, Database database)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var device = DeviceAuthorizationEndpoint.HashOfUserCode(context.Request.Query["userCode"].ToString()) is { } hash
            ? await database.ReadAsync(c => DeviceCodes.FindWaitingAsync(c, hash, now), context.RequestAborted)
            : null;
        var application = device is null ? null : Served(context, await database.ReadAsync(c => Applications.FindByIdAsync(c, device.ApplicationId), context.RequestAborted));
        return application is null ? Envelope.Error(ErrorCode.NotFound, new(
            "UserCode Expired",
            "用户代码已过期")) : Envelope.Ok(await ShownAsync(context, database, application));
    }

    private static async Task<Application?> FindAsync(HttpContext context, Database database, string clientId) =>
        Served(context, await database.ReadAsync(c => Applications.FindByClientIdAsync(c, clientId), context.RequestAborted));

    private static Application? Served(HttpContext context, Application? application) =>
        application is not null && application.IsServed(context.RequestServices.GetRequiredService<CasdoorApiOptions>()) ? application : null;

    private static async Task<JsonObject> ShownAsync(HttpContext context, Database database, Application application) =>
        PublicApplication.Of((await database.ReadAsync(c => ObjectStore.GetAsync(c, ObjectKinds.Application, "admin", application.Name), context.RequestAborted))!);
}
