using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.Directory.Objects;
using Postern.Directory.Objects.Kinds;
using Postern.Directory.Records;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.SessionsAndTokens;

/// <summary>
/// The token routes. Tokens that we issued are shown and ended here, never made or changed; what a client adds
/// is an object like others (<see cref="TokenKind"/>), and no object opens anything.
/// </summary>
internal static class TokenRows
{
    public static async Task<IResult> GetAsync(ObjectCall call)
    {
        var target = RequestTarget.OfQuery(call.Context.Request, call.Kind);
        if (target.Value is not { Id: var id })
        {
            return Envelope.Error(ErrorCode.InvalidRequest, target.Refusal);
        }

        if (await FindAsync(call, id) is not { } issued)
        {
            return await ObjectEndpoints.GetAsync(call);
        }

        var organization = call.Context.Request.Query["organization"].ToString();
        return call.Allows(issued.Organization, issued.OrganizationId, "") && (organization.Length == 0 || organization == issued.Organization) ? Envelope.Ok(Show(issued)) : Envelope.Denied();
    }

    public static async Task<IResult> UpdateAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var target = RequestTarget.OfUpdate(call.Context.Request, call.Kind, document);
        if (target.Value is not { Id: var id } named)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, target.Refusal);
        }

        if (await FindAsync(call, id) is { } issued)
        {
            return await EndAsync(call, id, issued, document);
        }

        var name = ObjectTarget.Text(document, "name");
        return name.Length > 0 && name != id.Name && await FindAsync(call, id with { Name = name }) is not null
            ? Envelope.Error(ErrorCode.AlreadyExists, new($"The token: {name} already exists", $"令牌: {name} 已存在"))
            : await ObjectWrites.UpdateAsync(call, document, named);
    }

    public static async Task<IResult> DeleteAsync(ObjectCall call)
    {
        var body = await RequestBody.ReadAsync(call.Context, call.Kind.Type);
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var id = ObjectTarget.OfBody(call.Kind, document);
        if (await FindAsync(call, id) is not { } issued)
        {
            return await ObjectWrites.DeleteAsync(call, document, id);
        }

        var organization = ObjectTarget.Text(document, "organization");
        return organization.Length > 0 && organization != issued.Organization
            ? Envelope.Denied()
            : await WriteAsync(call, id, "delete-token", IssuedTokens.DeleteAsync);
    }

    /// <summary>An issued token; nothing of it that could be presented is kept, so those properties are empty.</summary>
    public static JsonObject Show(IssuedToken token)
    {
        var shown = TokenKind.Kind.Shape.Zero();
        shown["owner"] = "admin";
        shown["name"] = token.Id;
        shown["createdTime"] = Rfc3339.Of(token.CreatedTime);
        shown["application"] = token.Application;
        shown["organization"] = token.Organization;
        shown["user"] = token.UserName;
        shown["expiresIn"] = token.IsOpen ? (token.ExpiresTime - token.CreatedTime) / 1000 : 0;
        shown["scope"] = token.Scope;
        shown["tokenType"] = token.Jkt.Length > 0 ? "DPoP" : "Bearer";
        shown["grantType"] = token.GrantType;
        // There is a token only after the code was redeemed.
        shown["codeIsUsed"] = token.GrantType == "authorization_code";
        shown["resource"] = token.Resource;
        shown["dPoPJkt"] = token.Jkt;
        return shown;
    }

    private static Task<IssuedToken?> FindAsync(ObjectCall call, ObjectId id) => id.Owner == "admin"
        ? call.Database.ReadAsync(c => IssuedTokens.FindAsync(c, id.Name), call.Context.RequestAborted)
        : Task.FromResult<IssuedToken?>(null);

    private static async Task<IResult> EndAsync(ObjectCall call, ObjectId id, IssuedToken issued, JsonObject document)
    {
        if (!call.Allows(issued.Organization, issued.OrganizationId, ""))
        {
            return Envelope.Denied();
        }

        var read = ObjectDocument.ReadChanges(call.Kind, Show(issued), document, ObjectWrites.ColumnsOf(call.Context.Request));
        if (read.Value is not { } changed)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, read.Refusal);
        }

        if (changed.Count == 0)
        {
            return Envelope.Written(true);
        }

        return changed.Count == 1 && changed["expiresIn"]?.ToJsonString() == "0"
            ? await WriteAsync(call, id, "update-token", async (connection, token, now, transaction) =>
            {
                await IssuedTokens.EndAsync(connection, token, now, transaction);
                return true;
            })
            : Envelope.Error(ErrorCode.Immutable, OnlyEnded(changed));
    }

    private static LocalizedText OnlyEnded(JsonObject changed)
    {
        var properties = string.Join(", ", changed.Select(p => p.Key));
        return new(
            $"a token that was issued can only be ended, by expiresIn 0: {properties} cannot be changed",
            $"已签发的令牌只能用 expiresIn 0 结束：不能修改 {properties}");
    }

    /// <summary>Whose token it is: its row has no object that could be read afterwards.</summary>
    private static AuditRecord Of(AuditRecord record, IssuedToken token) => record with
    {
        Concerned = [token.Organization],
        ObjectRow = new(TokenKind.Kind.Name, token.Id),
        OldValues = RecordValues.TextOf(null, new JsonObject { ["organization"] = token.Organization, ["application"] = token.Application, ["user"] = token.UserName }),
    };

    private static Task<IResult> WriteAsync(ObjectCall call, ObjectId id, string action, Func<DbConnection, IssuedToken, long, DbTransaction, Task<bool>> write)
    {
        var record = ObjectRecords.Of(call.Context, call.Caller, action, id);
        return call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (await IssuedTokens.FindAsync(connection, id.Name, transaction) is not { } token)
            {
                return Written.Rollback(Envelope.Written(false));
            }

            if (!call.Allows(token.Organization, token.OrganizationId, "") || !await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            if (!await write(connection, token, record.CreatedTime, transaction))
            {
                return Written.Rollback(Envelope.Written(false));
            }

            await Records.AddAsync(connection, Of(record, token), transaction);
            return Written.Commit(Envelope.Written(true));
        });
    }
}
