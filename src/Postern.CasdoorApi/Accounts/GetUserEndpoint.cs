using System.Data.Common;
using Dapper;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>GET /api/get-user</c>.</summary>
internal static class GetUserEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        var query = context.Request.Query;
        var (sent, owner) = (query["id"].ToString(), query["owner"].ToString());
        ObjectId id = default;
        if (sent.Length > 0)
        {
            if (!ObjectId.TryRead(sent, out id))
            {
                return Envelope.Denied(ErrorCode.InvalidRequest, ObjectId.WrongCount(sent));
            }

            owner = id.Owner;
        }

        var organization = query["organization"].ToString();
        if (organization.Length > 0 && owner.Length > 0 && organization != owner)
        {
            return Envelope.Denied();
        }

        var (column, value) = Key(query);
        if (column.Length == 0 && id.Name is null)
        {
            return Envelope.Denied(ErrorCode.InvalidRequest, ObjectId.WrongCount(""));
        }

        // A search over all organizations is the global administrators'; nobody else may learn where somebody is.
        if (owner.Length == 0 && !caller.IsGlobalAdmin)
        {
            return caller.Kind == CallerKind.Anonymous ? Envelope.LoginFirst() : Envelope.Denied();
        }

        var database = context.RequestServices.GetRequiredService<Database>();
        return await database.ReadAsync(async connection =>
        {
            if (column.Length > 0)
            {
                id = await FindAsync(connection, column, value, owner);
            }

            return await AnswerAsync(connection, caller, id, owner);
        }, context.RequestAborted);
    }

    private static async Task<IResult> AnswerAsync(DbConnection connection, Caller caller, ObjectId id, string owner)
    {
        var user = id.Name is null ? null : await ObjectStore.FindAsync(connection, ObjectKinds.User, id.Owner, id.Name);
        var organization = await Organizations.FindAsync(connection, user?.Owner ?? owner);
        var seesAll = user is not null ? UserView.SeesAll(caller, user) : caller.IsAdminOf(owner);
        // Before the row is looked at: an answer must not tell who exists to a caller that may not see profiles.
        if (organization is not { IsProfilePublic: true } && !seesAll)
        {
            return caller.Kind == CallerKind.Anonymous ? Envelope.LoginFirst() : Envelope.Denied();
        }

        if (user is null)
        {
            return Envelope.Ok();
        }

        var whole = await UserView.WholeAsync(connection, user);
        return Envelope.Ok(UserView.Filter(whole, user, AccountItemRules.Of(organization), caller));
    }

    /// <summary>E-mail and phone win over an id beside them, within its owner.</summary>
    private static (string Column, string Value) Key(IQueryCollection query)
    {
        foreach (var (parameter, column) in new[] { ("email", "email"), ("phone", "phone"), ("userId", "id") })
        {
            if (query[parameter].ToString() is { Length: > 0 } value)
            {
                return (column, value);
            }
        }

        return ("", "");
    }

    private static async Task<ObjectId> FindAsync(DbConnection connection, string column, string value, string owner)
    {
        // Numbers are kept without the country's code; mainland China's is the one that our clients send.
        var national = column == "phone" && value.StartsWith("+86", StringComparison.Ordinal) ? value[3..] : value;
        var (foundOwner, name) = await connection.QueryFirstOrDefaultAsync<(string, string)>(
            $"select owner, name from users where {column} in (@value, @national) and (@owner = '' or owner = @owner) order by created_time, id limit 1",
            new { value, national, owner });
        return name is null ? default : new ObjectId(foundOwner, name);
    }
}
