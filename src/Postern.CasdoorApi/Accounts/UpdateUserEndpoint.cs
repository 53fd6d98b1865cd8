using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>POST /api/update-user</c>: a partial change of a user, by that user or an administrator (docs/casdoor-compatibility.md).</summary>
internal static class UpdateUserEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return Envelope.Denied();
        }

        var read = await RequestBody.ReadAsync(context, "User");
        if (read.Value is not { } body)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
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

    /// <summary>
    /// The query's id or userId, which must name the same user where both are sent; else the body's owner and name; else the caller.
    /// What the query names is the user, so that another name in the body is a new name.
    /// </summary>
    private static async Task<(ObjectId Id, bool IsCaller, IResult? Refusal)> FindTargetAsync(HttpContext context, Caller caller, JsonObject body)
    {
        var query = context.Request.Query;
        var (sent, userId, organization) = (query["id"].ToString(), query["userId"].ToString(), query["owner"].ToString());
        ObjectId id = default;
        if (sent.Length > 0 && !ObjectId.TryRead(sent, out id))
        {
            return (default, false, Envelope.Denied(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent)));
        }

        // A user lives in an organization: libraries that name no owner, or admin, mean the body's.
        if (sent.Length > 0 && (id.Owner == "admin" || ObjectTarget.IsUnset(id.Owner)) && ObjectTarget.Text(body, "owner") is { Length: > 0 } ofBody)
        {
            id = id with { Owner = ofBody };
        }

        if (sent.Length > 0 && organization.Length > 0 && organization != id.Owner)
        {
            return (default, false, Envelope.Error(ErrorCode.InvalidRequest, ObjectTarget.DifferentInQuery));
        }

        if (userId.Length == 0)
        {
            var (owner, name) = (ObjectTarget.Text(body, "owner"), ObjectTarget.Text(body, "name"));
            return sent.Length > 0 ? (id, false, null)
                : owner.Length > 0 && name.Length > 0 ? (new ObjectId(owner, name), false, null)
                : caller.User is { } self ? (new ObjectId(self.Owner, self.Name), true, null)
                : (default, false, Envelope.Error(ErrorCode.InvalidRequest, new("Missing parameter", "缺少参数")));
        }

        organization = sent.Length > 0 ? id.Owner : organization.Length > 0 ? organization : caller.IsGlobalAdmin ? "" : caller.Organization;
        var user = await FindByIdAsync(context, caller, userId, organization);
        return user is null ? (default, false, caller.IsAdminOf(organization.Length > 0 ? organization : caller.Organization) ? Envelope.NoSuchUser(userId) : Envelope.Denied())
            : sent.Length > 0 && id != user ? (default, false, Envelope.Error(ErrorCode.InvalidRequest, ObjectTarget.DifferentInQuery))
            : (user.Value, false, null);
    }

    /// <summary>Looked up only for those who may change every user of the organization; "" stands for all organizations.</summary>
    private static async Task<ObjectId?> FindByIdAsync(HttpContext context, Caller caller, string userId, string organization)
    {
        var user = caller.UserId == userId ? caller.User
            : caller.IsGlobalAdmin || caller.IsAdminOf(organization) ? await context.RequestServices.GetRequiredService<Database>().ReadAsync(c => Users.FindByIdAsync(c, userId), context.RequestAborted)
            : null;
        return user is not null && (organization.Length == 0 || user.Owner == organization) ? new ObjectId(user.Owner, user.Name) : null;
    }
}
