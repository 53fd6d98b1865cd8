using System.Text.Json.Nodes;
using Postern.CasdoorApi.Calls;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.Accounts;

/// <summary><c>GET /api/get-account</c>: the signed-in user in full and the user's organization. It mints no token.</summary>
internal static class GetAccountEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Caller caller)
    {
        if (caller.Kind == CallerKind.Anonymous)
        {
            return Envelope.LoginFirst(isInData: true);
        }

        var id = new ObjectId(caller.Organization, caller.Name);
        if (caller.Kind == CallerKind.Application)
        {
            var sent = context.Request.Query["userId"].ToString();
            if (!ObjectId.TryRead(sent, out id) || !caller.IsAdminOf(id.Owner))
            {
                return sent.Length > 0 ? Envelope.Denied() : Envelope.NoSuchUser($"app/{caller.Name}");
            }
        }

        var database = context.RequestServices.GetRequiredService<Database>();
        var found = await database.ReadAsync<(string Id, JsonObject User, JsonObject? Organization)?>(async connection =>
            await ObjectStore.FindAsync(connection, ObjectKinds.User, id.Owner, id.Name) is { } stored
                ? (stored.Id, await UserView.WholeAsync(connection, stored), await ObjectStore.GetAsync(connection, ObjectKinds.Organization, "admin", id.Owner))
                : null, context.RequestAborted);
        return found is var (sub, user, organization)
            ? Envelope.Ok(user, organization is null ? null : UserView.MaskOrganization(organization), sub, id.Name)
            : Envelope.NoSuchUser(id);
    }
}
