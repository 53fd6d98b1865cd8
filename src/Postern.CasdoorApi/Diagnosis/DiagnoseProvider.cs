using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Outgoing;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;
using Postern.WeChat;

namespace Postern.CasdoorApi.Diagnosis;

/// <summary>Looks at everything that a Mini Program's sign-in needs, and says what is wrong with it and what to do. Changes nothing.</summary>
internal static class DiagnoseProvider
{
    private const string OnlyFirstSignIn = "firstSignIn";

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (!ObjectId.TryRead(call.Query("id"), out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new("id must name the provider as owner/name", "id 必须写成 owner/name 以指明提供商"));
        }

        if (!call.Allows(id.Owner))
        {
            return Envelope.Denied();
        }

        if (await call.ReadAsync(c => Providers.FindAsync(c, id.Owner, id.Name)) is not { } provider)
        {
            return Envelope.Error(ErrorCode.NotFound, new("there is no such provider", "没有该提供商"));
        }

        if (provider.Type != Providers.WeChatMiniProgram)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "only a provider of the type WeChatMiniProgram can be diagnosed",
                "只能诊断类型为 WeChatMiniProgram 的提供商"));
        }

        Application? named = null;
        if (call.Query("application") is { Length: > 0 } text
            && (!ObjectId.TryRead(text, out var of) || (named = await call.ReadAsync(c => Applications.FindAsync(c, of.Name))) is null || !call.Allows(named.Organization)))
        {
            return Envelope.Error(ErrorCode.NotFound, new("there is no such application", "没有该应用"));
        }

        var services = call.Context.RequestServices;
        if (call.Query("only") == OnlyFirstSignIn)
        {
            return Answer(services, provider, await call.ReadAsync(c => FirstSignInChecks.RunAsync(c, provider, named?.Organization)));
        }

        if (!services.GetRequiredService<DiagnosisLimit>().Admit(provider.Id))
        {
            return Envelope.Error(ErrorCode.TooManyRequests, new(
                "this provider was diagnosed six times in this minute: wait for the next one",
                "该提供商一分钟内已诊断六次，请稍后再试"));
        }

        var app = new WeChatApp(provider.ClientId, services.GetRequiredService<SecretStore>().Read(SecretColumn.ProviderSecret, provider.Id, provider.ClientSecret));
        var wechat = new WeChatChecks(services.GetRequiredService<WeChatClient>()).RunAsync(app, call.Context.RequestAborted);
        var addresses = new AddressChecks(services.GetRequiredService<CasdoorApiOptions>(), services.GetRequiredService<OutgoingHttp>()).RunAsync(call.Context.RequestAborted);
        var (ofApplication, application) = await call.ReadAsync(c => ApplicationChecks.RunAsync(c, provider, named));
        var first = await call.ReadAsync(c => FirstSignInChecks.RunAsync(c, provider, application?.Organization));
        IEnumerable<Check> checks = [.. await wechat, .. ofApplication, .. await addresses, .. first];
        await call.Database.WriteAsync(async (connection, transaction) =>
        {
            await Records.AddAsync(connection, ObjectRecords.Of(call.Context, call.Caller, "diagnose-provider", id) with { ObjectRow = new(ObjectKinds.Provider.Name, provider.Id) }, transaction);
            return Written.Commit(true);
        });
        return Answer(services, provider, checks);
    }

    private static IResult Answer(IServiceProvider services, Provider provider, IEnumerable<Check> checks) => Envelope.Ok(new JsonObject
    {
        ["provider"] = $"{provider.Owner}/{provider.Name}",
        ["checkedTime"] = Rfc3339.Of(services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds()),
        ["checks"] = new JsonArray([.. checks.Select(c => c.ToJson())]),
    });
}
