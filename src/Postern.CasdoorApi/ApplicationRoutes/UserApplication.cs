using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.ApplicationRoutes;

/// <summary><c>get-user-application</c>: the application that a user signed up at.</summary>
internal static class UserApplication
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = call.Query("id");
        if (!ObjectId.TryRead(sent, out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
        }

        if (!call.Allows(id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var user = await call.ReadAsync(c => Users.FindAsync(c, id.Owner, id.Name));
        return user is null ? Envelope.NoSuchUser(id) : await ShowAsync(call, user.SignupApplication, user.Owner);
    }

    /// <summary>An application that users of an organization sign in to, by its name: the organization's own or a shared one. Whole for its administrators.</summary>
    internal static async Task<IResult> ShowAsync(RouteCall call, string name, string organization)
    {
        var shown = name.Length == 0 ? null : await call.ReadAsync(c => ObjectStore.GetAsync(c, ObjectKinds.Application, "admin", name));
        return shown is null || !(ObjectTarget.Text(shown, "organization") == organization || shown["isShared"]?.GetValue<bool>() == true)
            ? Envelope.Error(ErrorCode.NotFound, new($"The application: {name} does not exist", $"应用: {name} 不存在"))
            : Envelope.Ok(call.Caller.IsAdminOf(ObjectTarget.Text(shown, "organization")) ? shown : PublicApplication.Of(shown));
    }
}
