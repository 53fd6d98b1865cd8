using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.CasdoorApi.PermissionRoutes;

/// <summary>
/// <c>grant-consent</c> and <c>revoke-consent</c>: the calling user allows an application scopes for good, or takes
/// that back. Kept where the consent page keeps it, so both say the same.
/// </summary>
internal static class ConsentRoutes
{
    public static Task<IResult> GrantAsync(RouteCall call) => WriteAsync(call, "grant-consent", (allowed, named) => allowed.Union(named));

    public static Task<IResult> RevokeAsync(RouteCall call) => WriteAsync(call, "revoke-consent", (allowed, named) => named.Count == 0 ? [] : allowed.Except(named));

    private static async Task<IResult> WriteAsync(RouteCall call, string action, Func<List<string>, List<string>, IEnumerable<string>> change)
    {
        if (call.Caller.User is not { } user)
        {
            return Envelope.Denied();
        }

        // A client must not agree to anything in its user's name.
        if (call.Caller.Client is not null)
        {
            return Envelope.Error(ErrorCode.AccessDenied, new(
                "consent is given by the user, in a browser with the user's session",
                "授权同意须由用户本人在已登录的浏览器中给出"));
        }

        var body = await RequestBody.ReadAsync(call.Context, "ConsentRecord");
        if (body.Value is not { } document)
        {
            return Envelope.Error(ErrorCode.InvalidRequest, body.Refusal);
        }

        var name = ObjectTarget.Text(document, "application") is var sent && sent.StartsWith("admin/", StringComparison.Ordinal) ? sent["admin/".Length..] : sent;
        var named = (document["grantedScopes"] as JsonArray ?? document["scopes"] as JsonArray ?? []).OfType<JsonValue>().Select(s => s.ToString()).Where(s => s.Length > 0).ToList();
        var application = await call.ReadAsync(c => Applications.FindAsync(c, name));
        if (application is null || !application.IsServed(call.Context.RequestServices.GetRequiredService<CasdoorApiOptions>())
            || (application.Organization != user.Owner && !application.IsShared))
        {
            return Envelope.Error(ErrorCode.NotFound, new($"The application: {name} does not exist", $"应用: {name} 不存在"));
        }

        var known = application.ConsentScopes();
        if (action == "grant-consent" && (named.Count == 0 || named.Exists(s => !known.Contains(s))))
        {
            return Envelope.Error(ErrorCode.InvalidRequest, new(
                "the scopes must be such that the application's users are asked to allow",
                "scopes 必须是该应用会请求用户允许的范围"));
        }

        var record = ObjectRecords.Of(call.Context, call.Caller, action, new ObjectId("admin", application.Name)) with { ObjectRow = new(ObjectKinds.User.Name, user.Id) };
        var consent = new Consent { UserId = user.Id, ApplicationId = application.Id, ClientHash = Consents.HashOf(application), Scope = "", CreatedTime = record.CreatedTime };
        return await call.Database.WriteAsync(async (connection, transaction) =>
        {
            if (!await CallerRevalidation.IsUnchangedAsync(connection, transaction, call.Caller))
            {
                return Written.Rollback(Envelope.Denied());
            }

            var before = await Consents.FindAsync(connection, consent, transaction);
            var after = change([.. Scopes.Words(before?.Scope ?? "")], named).ToList();
            if (after.Count == 0)
            {
                await Consents.DeleteAsync(connection, user.Id, application.Id, transaction);
            }
            else
            {
                await Consents.PutAsync(connection, consent with { Scope = string.Join(' ', after) }, null, transaction);
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(Envelope.Ok());
        });
    }
}
