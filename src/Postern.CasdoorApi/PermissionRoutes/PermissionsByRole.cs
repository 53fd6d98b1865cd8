using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi.PermissionRoutes;

/// <summary><c>get-permissions-by-role</c>: what a role gives.</summary>
internal static class PermissionsByRole
{
    public static async Task<IResult> HandleAsync(RouteCall call)
    {
        var sent = call.Query("id");
        if (!ObjectId.TryRead(sent, out var id))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
        }

        if (!call.Allows(id.Owner))
        {
            return Envelope.Denied();
        }

        // Only the organization's own: another's permission may name the role too, and is not this administrator's to see.
        var body = ListAnswers.Of(call.Context, call.Caller);
        await call.ReadAsync(async connection =>
        {
            body.Clear();
            await ObjectStore.WriteAsync(
                connection, PermissionKind.Kind,
                $"""
                select {ObjectStore.Selected(PermissionKind.Kind)} from objects where {PermissionKind.Kind.Scope} and owner = @Owner
                  and id in (select m.object_id from memberships m join objects r on r.id = m.member_id where r.kind = 'role' and r.owner = @Owner and r.name = @Name and m.list = 'roles' and m.kind = 'permission')
                order by created_time desc, id desc limit {ObjectStore.LongestList}
                """, new { id.Owner, id.Name }, body);
            return body.Count;
        });
        return body.Refusal is { } refusal ? Envelope.Error(ErrorCode.InvalidRequest, refusal) : Envelope.List(body, body.Count);
    }
}
