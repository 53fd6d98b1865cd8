using System.Data.Common;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.Directory.Objects;
using Postern.Storage.Databases;

namespace Postern.CasdoorApi.Calls;

/// <summary>One call on a route beside those of the kinds: the caller, and the callers that the table admits.</summary>
internal sealed record RouteCall(HttpContext Context, Caller Caller, AccessLevel Who)
{
    public Database Database => Context.RequestServices.GetRequiredService<Database>();

    public string Query(string name) => Context.Request.Query[name].ToString();

    public bool Allows(string organization, string user = "") => Authorization.Allows(Who, Caller, organization, user);

    /// <summary>For a row that refers to an organization, by its name and its id.</summary>
    public bool Allows(string organization, string? organizationId, string user) =>
        Authorization.IsOf(Who, Caller, organization, organizationId) && Allows(organization, user);

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read) => Database.ReadAsync(read, Context.RequestAborted);

    /// <summary>A list of one kind, whole.</summary>
    /// <param name="kind">What it is a list of.</param>
    /// <param name="query">What it asks for.</param>
    /// <param name="mask">What this caller sees of each; null = nothing of it.</param>
    /// <param name="isCounted">Whether <c>data2</c> is their number.</param>
    public async Task<IResult> ListAsync(ObjectKind kind, ObjectQuery query, Func<JsonObject, JsonObject?>? mask = null, bool isCounted = false)
    {
        var found = await ObjectStore.ListAsync(Database, kind, query, ListAnswers.Of(Context, Caller), mask, Context.RequestAborted);
        return found.Value is { } page ? Envelope.List(page.Body, isCounted ? page.Body.Count : null) : Envelope.Error(ErrorCode.InvalidRequest, found.Refusal);
    }
}
