using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Accounts;

/// <summary><c>POST /api/update-user</c>: a partial change of a user, by himself or by a global administrator (design section 2).</summary>
internal static class UpdateUserEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        if (caller.Kind == CallerKind.Nobody)
        {
            return Envelope.Denied();
        }

        var read = await RequestBody.ReadAsync(context, "User");
        if (read.Value is not { } body)
        {
            return Envelope.Error(read.Refusal);
        }

        var (id, isCaller, refusal) = await FindTargetAsync(context, caller, body);
        if (refusal is not null)
        {
            return refusal;
        }

        // Decided before anything is read: the answer does not tell who exists.
        if (!Authorization.Allows(Authorization.Of(ObjectKinds.User.Name).Update, caller, id.Owner, id.Name))
        {
            return Envelope.Denied();
        }

        var query = context.Request.Query;
        var columns = query["columns"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return await context.RequestServices.GetRequiredService<UserUpdates>()
            .UpdateAsync(context, caller, id, isCaller, body, columns, mayBeNameless: query.ContainsKey("allowEmpty"));
    }

    /// <summary>The query's id; else the body's owner and name; else the caller.</summary>
    private static async Task<(ObjectId Id, bool IsCaller, IResult? Refusal)> FindTargetAsync(HttpContext context, Caller caller, JsonObject body)
    {
        var query = context.Request.Query;
        if (query["id"].ToString() is { Length: > 0 } sent)
        {
            return ObjectId.TryRead(sent, out var id) ? (id, false, null) : (default, false, Envelope.Denied(ObjectId.WrongCount(sent)));
        }

        if (query["userId"].ToString() is { Length: > 0 } userId && query["owner"].ToString() is { Length: > 0 } organization)
        {
            var user = caller.UserId == userId ? caller.User
                : caller.IsAdminOf(organization) ? await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Users.FindByIdAsync(c, userId), context.RequestAborted)
                : null;
            return user is not null && user.Owner == organization ? (new ObjectId(user.Owner, user.Name), false, null)
                : (default, false, caller.IsAdminOf(organization) ? Envelope.Error($"The user: {userId} doesn't exist") : Envelope.Denied());
        }

        var (owner, name) = (ObjectTarget.Text(body, "owner"), ObjectTarget.Text(body, "name"));
        return owner.Length > 0 && name.Length > 0 ? (new ObjectId(owner, name), false, null)
            : caller.User is { } self ? (new ObjectId(self.Owner, self.Name), true, null)
            : (default, false, Envelope.Error("Missing parameter"));
    }
}
