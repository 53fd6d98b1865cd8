using Postern.AuthorizationServer.SignIn.Gate;
using Postern.CasdoorApi.Accounts;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Protocol;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>POST /api/check-user-password</c>: whether the user in the body has the password in the body, under the lock-out.</summary>
internal static class CheckUserPassword
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, "User");
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var id = ObjectTarget.OfBody(ObjectKinds.User, document);
        // A PHP library leaves the owner out of the query's id; one that names another user is refused.
        if (ObjectId.TryRead(call.Query("id"), out var named) && (named.Name != id.Name || !(ObjectTarget.IsUnset(named.Owner) || named.Owner == id.Owner)))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectTarget.Different);
        }


        // Before anything is read: the answer does not tell who exists.
        if (!call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var user = await call.ReadAsync(c => SignInNames.FindAsync(c, id.Owner, id.Name));
        if (user is null or { IsDeleted: true })
        {
            return Envelope.NoSuchUser(id);
        }

        if (user.IsForbidden)
        {
            return Envelope.SignInRefused(GateRefusal.Forbidden);
        }

        var password = ObjectTarget.Text(document, "password");
        if (password.Length is 0 or > PasswordOptions.Longest)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, password.Length == 0 ? new LocalizedText(
                "Password cannot be empty",
                "密码不能为空") : new LocalizedText("Password is too long", "密码太长"));
        }

        // Clients that send back what they read try nothing.
        if (password == ObjectStore.Masked)
        {
            return Envelope.Error(ErrorCode.WrongCredentials, new("password or code is incorrect", "用户名或密码错误"));
        }

        var trials = call.Context.RequestServices.GetRequiredService<PasswordTrials>();
        var trial = await trials.TryAsync(call.Context, call.Caller, user, password, "check-user-password-refused");
        return trial.IsRight ? Envelope.Ok() : Envelope.Error(trial.Wait is null ? ErrorCode.WrongCredentials : ErrorCode.TooManyRequests, (trial.Wait ?? trial.Wrong)!);
    }
}
