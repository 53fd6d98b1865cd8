using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.Server.Casdoor.Objects;
using Postern.Server.Data;

namespace Postern.Server.Casdoor.Routes;

/// <summary>One call on a route beside those of the kinds: who calls, and whom the table admits.</summary>
internal sealed record RouteCall(HttpContext Context, Caller Caller, Who Who)
{
    public Database Database => Context.RequestServices.GetRequiredService<Database>();

    public string Query(string name) => Context.Request.Query[name].ToString();

    public bool Allows(string organization, string user = "") => Authorization.Allows(Who, Caller, organization, user);

    /// <summary>For a row that refers to an organization, by its name and its id.</summary>
    public bool Allows(string organization, string? organizationId, string user) =>
        Authorization.IsOf(Who, Caller, organization, organizationId) && Allows(organization, user);

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read) => Database.ReadAsync(read, Context.RequestAborted);

    /// <summary>A list of one kind, whole.</summary>
    public async Task<IResult> ListAsync(ObjectKind kind, ObjectQuery query, Func<JsonObject, JsonObject>? mask = null)
    {
        var found = await ObjectStore.ListAsync(Database, kind, query, Context.RequestAborted);
        return found.Value is { } page ? Envelope.Ok(new JsonArray([.. page.Items.Select(i => mask?.Invoke(i) ?? i)])) : Envelope.Error(found.Refusal);
    }
}
