using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>GET /api/get-user-count</c>: how many users an organization has.</summary>
internal static class UserCount
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        if (OwnerOf(call) is not { } owner)
        {
            return Envelope.Denied();
        }

        switch (call.Query("isOnline"))
        {
            case "" or "0" or "false":
                return Envelope.Ok(JsonValue.Create(await call.ReadAsync(c => UserCounts.OfAsync(c, owner))));
            case "1" or "true":
                // As every user is shown: nobody says here that somebody is online.
                return Envelope.Ok(JsonValue.Create(0L));
            default:
                return Envelope.Error(ErrorCode.InvalidRequest, new(
                    "isOnline must be 1, 0, true, false or empty",
                    "isOnline 只能是 1、0、true、false 或留空"));
        }
    }

    /// <summary>The organization that is asked for; "" for all of them, which only global administrators ask. Null where it is not the caller's.</summary>
    public static string? OwnerOf(RouteCall call)
    {
        var sent = call.Query("owner");
        return sent.Length == 0 ? (call.Caller.IsGlobalAdmin ? "" : call.Caller.Organization) : call.Allows(sent) ? sent : null;
    }
}
