using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Routes;

/// <summary><c>get-permissions-by-submitter</c>: what the calling user asked for.</summary>
internal static class PermissionsBySubmitter
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (call.Caller.User is not { } user)
        {
            return Envelope.Error($"The user: app/{call.Caller.Name} doesn't exist");
        }

        var found = await ObjectStore.ListAsync(call.Database, ObjectKinds.Permission, new ObjectQuery { Owner = user.Owner }, call.Context.RequestAborted);
        if (found.Value is not { } page)
        {
            return Envelope.Error(found.Refusal);
        }

        var own = page.Items.Where(p => ObjectTarget.Text(p, "submitter") == user.Name).ToArray();
        return Envelope.Ok(new JsonArray([.. own]), own.Length);
    }
}
