using System.Text.Json.Nodes;
using Postern.AuthorizationServer.SignIn;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.OwnApi;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary>
/// <c>POST /api/unlink</c>: unbinds the WeChat identities of a user. Casdoor's name for what <c>DELETE /api/identities/{id}</c> does, for
/// administrators too.
/// </summary>
internal static class Unlink
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, "LinkForm");
        if (body.Value is not { } form)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        if (ObjectTarget.Text(form, "providerType") is not (Providers.WeChat or Providers.WeChatMiniProgram))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "providerType must be WeChat or WeChatMiniProgram",
                "providerType 必须是 WeChat 或 WeChatMiniProgram"));
        }

        var id = ObjectTarget.OfBody(ObjectKinds.User, form["user"] as JsonObject ?? []);
        if (!call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var user = await call.ReadAsync(c => Users.FindAsync(c, id.Owner, id.Name));
        if (user is null)
        {
            return Envelope.NoSuchUser(id);
        }

        // Its clients know no other proof than a new sign-in.
        var clock = call.Context.RequestServices.GetRequiredService<TimeProvider>();
        if (call.Caller.User?.Id == user.Id
            && !RecentAuthentication.Is(await call.ReadAsync(c => RecentAuthentication.TimeOfAsync(c, call.Caller)), clock.GetUtcNow()))
        {
            return Envelope.Error(ErrorCode.Unauthorized, new(
                "An identity can be unlinked within ten minutes of a sign-in: sign in again first",
                "登录后十分钟内才能解除绑定，请先重新登录"));
        }

        return await call.Context.RequestServices.GetRequiredService<IdentityRoutes>().UnbindAsync(call, user, _ => true) switch
        {
            UnbindResult.Unbound => Envelope.Ok(),
            UnbindResult.IsLast => Envelope.Error(ErrorCode.InUse, new(
                "This is the last way to sign in to the account: set a password first",
                "这是登录该账号的最后一种方式：请先设置密码")),
            _ => Envelope.Error(ErrorCode.NotFound, new("Please link first", "请先绑定")),
        };
    }
}
