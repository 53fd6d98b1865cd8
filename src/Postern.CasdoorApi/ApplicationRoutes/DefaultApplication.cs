using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.ApplicationRoutes;

/// <summary><c>get-default-application</c>: where an organization's users sign in who were told of no application.</summary>
internal static class DefaultApplication
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = call.Query("id");
        if (!ObjectId.TryRead(sent, out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
        }

        var (organization, first) = await call.ReadAsync(async connection => (
            id.Owner == "admin" ? await Organizations.FindAsync(connection, id.Name) : null,
            await connection.QueryFirstOrDefaultAsync<string?>("select name from applications where organization = @Name and not is_self_registered order by created_time, id limit 1", new { id.Name })));
        return organization is null ? Envelope.Error(ErrorCode.NotFound, new($"The organization: {id} does not exist", $"组织: {id} 不存在"))
            : await UserApplication.ShowAsync(call, organization.DefaultApplication is { Length: > 0 } chosen ? chosen : first ?? "", organization.Name);
    }
}
