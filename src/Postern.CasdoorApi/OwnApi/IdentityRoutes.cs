using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.OAuth.Token;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Credentials;
using Postern.Directory.Identities;
using Postern.Directory.Objects;
using Postern.Storage.Databases;
using Postern.Storage.Secrets;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.OwnApi;

/// <summary><c>/api/identities</c>: how the calling user signs in, and the binding and unbinding of identities (docs/accounts.md).</summary>
internal sealed class IdentityRoutes(
    Database database, SecretStore secrets, AccountBinding binding, AccountProofs proofs, WeChatCodeProofs codes)
{
    public static readonly OwnProblem IsOfAnother = OwnAnswer.Refuse(
        StatusCodes.Status409Conflict, "identity_in_use",
        new(
            "The identity is bound to another account. Sign in with that account, or ask an administrator to merge the two.",
            "该身份已绑定其他账号。请使用该账号登录，或请管理员合并两个账号。"));

    public static readonly OwnProblem HasAnother = OwnAnswer.Refuse(
        StatusCodes.Status409Conflict, "identity_exists",
        new(
            "The account has another identity of this Mini Program. Unbind it first.",
            "该账号已绑定此小程序的其他身份。请先解除绑定。"));

    public static readonly OwnProblem IsLast = OwnAnswer.Refuse(
        StatusCodes.Status409Conflict, "last_way_in",
        new(
            "This is the last way to sign in to the account. Bind another identity or set a password first.",
            "这是登录该账号的最后一种方式。请先绑定其他身份或设置密码。"));

    private static readonly OwnProblem NoSuchIdentity = OwnAnswer.NotFound(new("The account has no such identity.", "该账号没有此身份。"));

    public async Task<IResult> ListAsync(RouteCall call)
    {
        if (call.Caller.User is not { } user)
        {
            return OwnAnswer.NeedsUser;
        }

        var ways = await WaysOfAsync(call, user);
        return OwnAnswer.Ok(new JsonObject
        {
            ["identities"] = new JsonArray([.. ways.Identities.Select(identity => Show(identity, ways))]),
            ["hasPassword"] = ways.HasPassword,
        });
    }

    public async Task<IResult> BindAsync(RouteCall call)
    {
        var (user, client, body, refusal) = await ReadAsync(call);
        if (refusal is not null)
        {
            return refusal;
        }

        if (client is null || !client.Admits(user!))
        {
            return OwnAnswer.Invalid(new("clientId must be an application that the user may sign in to.", "clientId 必须是该用户可登录的应用。"));
        }

        var account = await proofs.ProveAsync(call, client, body!);
        if (account.Proof is null)
        {
            return account.Refusal!;
        }

        var (proof, wrong) = await ProofOfIdentityAsync(call, client, user!, body!);
        return proof is null ? wrong! : await WriteAsync(call, user!, account.Proof, proof);
    }

    public async Task<IResult> UnbindAsync(RouteCall call)
    {
        var (user, client, body, refusal) = await ReadAsync(call);
        if (refusal is not null)
        {
            return refusal;
        }

        var account = await proofs.ProveAsync(call, client, body!);
        if (account.Proof is null)
        {
            return account.Refusal!;
        }

        var id = call.Context.Request.RouteValues["id"]?.ToString();
        var result = await UnbindAsync(call, user!, identity => identity.Id == id);
        return result switch
        {
            UnbindResult.Unbound => Results.NoContent(),
            UnbindResult.IsLast => IsLast,
            _ => NoSuchIdentity,
        };
    }

    /// <summary>Unbinds, with the record.</summary>
    public Task<UnbindResult> UnbindAsync(RouteCall call, User user, Func<BoundIdentity, bool> choose)
    {
        var record = ObjectRecords.Of(call.Context, call.Caller, IdentityActions.Unbind, new ObjectId(user.Owner, user.Name));
        return database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(UnbindResult.NotFound);
            }

            var (result, left) = await binding.UnbindAsync(connection, transaction, user, SecondFactors.HasSecret(user, secrets), choose);
            if (result != UnbindResult.Unbound)
            {
                return Written.Rollback(result);
            }

            var issuers = string.Join(", ", left.Select(i => i.Identity.Issuer).Distinct());
            await Records.AddAsync(connection, record with { ObjectRow = new(ObjectKinds.User.Name, user.Id), Detail = issuers }, transaction);
            return Written.Commit(result);
        });
    }

    private async Task<IResult> WriteAsync(RouteCall call, User user, AccountProof account, IdentityProof proof)
    {
        var record = ObjectRecords.Of(call.Context, call.Caller, IdentityActions.Bind, new ObjectId(user.Owner, user.Name)) with
        {
            ObjectRow = new(ObjectKinds.User.Name, user.Id),
            Detail = proof.Identity.OpenId.Issuer,
        };
        var result = await database.WriteAsync(async (connection, transaction) =>
        {
            var bound = await binding.BindAsync(connection, transaction, proof, account);
            if (bound == BindResult.Bound)
            {
                await Records.AddAsync(connection, record, transaction);
            }

            return bound is BindResult.Bound or BindResult.IsBound ? Written.Commit(bound) : Written.Rollback(bound);
        });
        if (result is not (BindResult.Bound or BindResult.IsBound))
        {
            return result == BindResult.IsOfAnother ? IsOfAnother : result == BindResult.HasAnother ? HasAnother : OwnAnswer.Of(BindingTicketProofs.Invalid);
        }

        var ways = await WaysOfAsync(call, user);
        var shown = Show(ways.Identities.First(i => i.Identity == proof.Identity.OpenId), ways);
        return result == BindResult.Bound ? OwnAnswer.Created(shown) : OwnAnswer.Ok(shown);
    }

    /// <summary>The proof in the body: a ticket of this client, or a code.</summary>
    private async Task<(IdentityProof? Proof, OwnProblem? Refusal)> ProofOfIdentityAsync(
        RouteCall call, Application client, User user, JsonObject body)
    {
        if (Text(body, "bindingTicket") is { Length: > 0 } ticket)
        {
            return await binding.FindTicketAsync(ticket, client, call.Context.RequestAborted) is { } found
                ? (found, null)
                : (null, OwnAnswer.Of(BindingTicketProofs.Invalid));
        }

        if (Text(body, "code") is not { Length: > 0 } code)
        {
            return (null, OwnAnswer.Invalid(new(
                "Send the code of wx.login() and the appid, or a bindingTicket. An openid or a unionid proves nothing.",
                "请发送 wx.login() 的 code 和 appid，或 bindingTicket。openid 和 unionid 不是凭证。")));
        }

        var proved = await codes.ProveAsync(client, Text(body, "appid"), code, "bind " + user.Id, call.Context.PeerAddress(), call.Context.RequestAborted);
        return proved.IsRefused(out var refusal, out var proof) ? (null, OwnAnswer.Of(refusal)) : (proof, null);
    }

    private static async Task<(User? User, Application? Client, JsonObject? Body, OwnProblem? Refusal)> ReadAsync(RouteCall call)
    {
        if (call.Caller.User is not { } user)
        {
            return (null, null, null, OwnAnswer.NeedsUser);
        }

        var hasBody = call.Context.Request.ContentLength is not (null or 0) || call.Context.Request.Headers.TransferEncoding.Count > 0;
        var read = hasBody ? await RequestBody.ReadAsync(call.Context, "Identity") : new JsonObject();
        if (read.Value is not { } body)
        {
            return (null, null, null, OwnAnswer.Invalid(read.Refusal));
        }

        // A token is of one client; a browser's session is of none.
        var client = call.Caller.Client
            ?? (Text(body, "clientId") is { Length: > 0 } clientId ? await call.ReadAsync(c => Applications.FindByClientIdAsync(c, clientId)) : null);
        return (user, client, body, null);
    }

    private Task<WaysIn> WaysOfAsync(RouteCall call, User user) => call.ReadAsync(c => WaysIn.OfAsync(c, user, SecondFactors.HasSecret(user, secrets)));

    private static JsonObject Show(BoundIdentity identity, WaysIn ways) => new()
    {
        ["id"] = identity.Id,
        ["kind"] = identity.Identity.Kind,
        ["provider"] = identity.Provider,
        ["displayName"] = identity.DisplayName,
        ["appId"] = identity.Identity.Kind == ExternalIdentities.OpenId ? identity.Identity.Issuer : "",
        ["identifier"] = identity.Masked,
        ["createdTime"] = Rfc3339.Of(identity.CreatedTime),
        ["lastUsedTime"] = identity.LastUsedTime is { } used ? Rfc3339.Of(used) : "",
        ["canUnbind"] = ways.RemainWithout([identity]),
    };

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
