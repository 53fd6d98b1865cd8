using Postern.Server.Casdoor.Kinds;
using Postern.Server.Casdoor.Objects;

namespace Postern.Server.Casdoor.Rows;

/// <summary>The routes of kinds that are rows of ours, in the same shape as all others.</summary>
internal static class RowEndpoints
{
    public static void MapRows(this IEndpointRouteBuilder routes, Func<HttpContext, Task<Identified>> identify)
    {
        var tokens = Authorization.Of("token");
        routes.MapCall(identify, "GET", "/api/get-tokens", TokenKind.Kind, tokens.List, call => ObjectEndpoints.ListAsync(call, TokenList.ListAsync));
        routes.MapCall(identify, "GET", "/api/get-token", TokenKind.Kind, tokens.Get, TokenRows.GetAsync);
        routes.MapCall(identify, "POST", "/api/add-token", TokenKind.Kind, tokens.Add, ObjectWrites.AddAsync);
        routes.MapCall(identify, "POST", "/api/update-token", TokenKind.Kind, tokens.Update, TokenRows.UpdateAsync);
        routes.MapCall(identify, "POST", "/api/delete-token", TokenKind.Kind, tokens.Delete, TokenRows.DeleteAsync);

        var resources = Authorization.Of("resource");
        routes.MapCall(identify, "GET", "/api/get-resources", ResourceKind.Kind, resources.List, call => ObjectEndpoints.ListAsync(call, ResourceRows.ListAsync));
        routes.MapCall(identify, "GET", "/api/get-resource", ResourceKind.Kind, resources.Get, ObjectEndpoints.GetAsync);
        routes.MapCall(identify, "POST", "/api/add-resource", ResourceKind.Kind, resources.Add, ObjectWrites.AddAsync);
        routes.MapCall(identify, "POST", "/api/update-resource", ResourceKind.Kind, resources.Update, ResourceRows.UpdateAsync);
        routes.MapCall(identify, "POST", "/api/delete-resource", ResourceKind.Kind, resources.Delete, ResourceRows.DeleteAsync);
        routes.MapCall(identify, "POST", "/api/upload-resource", ResourceKind.Kind, Authorization.OfRoute("POST /api/upload-resource"), UploadResource.HandleAsync);
        routes.MapFiles();

        var sessions = Authorization.Of("session");
        routes.MapCall(identify, "GET", "/api/get-sessions", SessionKind.Kind, sessions.List, call => ObjectEndpoints.ListAsync(call, SessionRows.ListAsync));
        routes.MapCall(identify, "GET", "/api/get-session", SessionKind.Kind, sessions.Get, SessionRows.GetAsync);
        routes.MapCall(identify, "GET", "/api/is-session-duplicated", SessionKind.Kind, sessions.Get, SessionRows.IsDuplicatedAsync);
        routes.MapCall(identify, "POST", "/api/add-session", SessionKind.Kind, sessions.Add, SessionRows.AddAsync);
        routes.MapCall(identify, "POST", "/api/update-session", SessionKind.Kind, sessions.Update, SessionRows.UpdateAsync);
        routes.MapCall(identify, "POST", "/api/delete-session", SessionKind.Kind, sessions.Delete, SessionRows.DeleteAsync);
    }
}
