using System.Text.Json.Nodes;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.UserRoutes;

/// <summary><c>POST /api/remove-user-from-group</c>: a user leaves a group. <c>data</c> says whether the user was in it.</summary>
internal static class RemoveUserFromGroup
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = await SentUser.ReadAsync(call, "groupName");
        if (sent.Refusal is { } refusal)
        {
            return refusal;
        }

        var (id, group) = (sent.Id, sent.Fields["groupName"]);
        // Clients name the group without its organization.
        var member = group.Contains('/', StringComparison.Ordinal) ? group : $"{id.Owner}/{group}";
        _ = ObjectId.TryRead(member, out var named);
        var record = ObjectRecords.Of(call.Context, call.Caller, "remove-user-from-group", id) with { Detail = member };
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            // Locks the row, so that another change of the user's groups waits for this one or is seen by it.
            var user = await connection.QuerySingleOrDefaultAsync<string?>(
                "update users set updated_time = @CreatedTime where owner = @Owner and name = @Name returning id", new { id.Owner, id.Name, record.CreatedTime }, transaction);
            if (user is null)
            {
                return Written.Rollback(Envelope.NoSuchUser(id));
            }

            if (await connection.ExecuteAsync(
                """
                delete from memberships where object_id = @user and list = 'groups'
                  and (member = @member or member_id in (select id from objects where kind = 'group' and owner = @Owner and name = @Name))
                """, new { user, member, named.Owner, named.Name }, transaction) == 0)
            {
                return Written.Rollback(Envelope.Ok(JsonValue.Create(false)));
            }

            await Records.AddAsync(connection, record with { ObjectRow = new(ObjectKinds.User.Name, user) }, transaction);
            return Written.Commit(Envelope.Ok(JsonValue.Create(true)));
        });
    }
}
