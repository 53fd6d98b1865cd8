using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;

namespace Postern.CasdoorApi.ApplicationRoutes;

/// <summary><c>get-organization-names</c>: all for a global administrator, the caller's own for all others.</summary>
internal static class OrganizationNames
{
    private const int Most = 10_000;

    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var only = call.Caller.IsGlobalAdmin ? "" : call.Caller.Organization;
        var found = await call.ReadAsync(connection => connection.QueryAsync<(string Name, string DisplayName)>(
            "select name, display_name from organizations where @only = '' or name = @only order by created_time desc, id desc limit @Most", new { only, Most }));
        return Envelope.Ok(new JsonArray([.. found.Select(o => new JsonObject { ["name"] = o.Name, ["displayName"] = o.DisplayName })]));
    }
}
