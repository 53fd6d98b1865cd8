using Postern.AuthorizationServer.Http;
using Postern.CasdoorApi.Calls;
using Postern.CasdoorApi.Objects;
using Postern.CasdoorApi.SessionsAndTokens;
using Postern.CasdoorApi.Uploads;
using Postern.Directory.Objects.Kinds;

namespace Postern.CasdoorApi;

/// <summary>The routes of kinds that are rows of ours, in the same shape as all others.</summary>
internal static class RowEndpoints
{
    public static void MapRows(this IEndpointRouteBuilder routes)
    {
        var tokens = Authorization.Of("token");
        routes.MapCall("GET", "/api/get-tokens", TokenKind.Kind, tokens.List, call => ObjectEndpoints.ListAsync(call, TokenList.ListAsync));
        routes.MapCall("GET", "/api/get-token", TokenKind.Kind, tokens.Get, TokenRows.GetAsync);
        routes.MapCall("POST", "/api/add-token", TokenKind.Kind, tokens.Add, ObjectWrites.AddAsync);
        routes.MapCall("POST", "/api/update-token", TokenKind.Kind, tokens.Update, TokenRows.UpdateAsync);
        routes.MapCall("POST", "/api/delete-token", TokenKind.Kind, tokens.Delete, TokenRows.DeleteAsync);

        var resources = Authorization.Of("resource");
        routes.MapCall("GET", "/api/get-resources", ResourceKind.Kind, resources.List, call => ObjectEndpoints.ListAsync(call, ResourceRows.ListAsync));
        routes.MapCall("GET", "/api/get-resource", ResourceKind.Kind, resources.Get, ObjectEndpoints.GetAsync);
        routes.MapCall("POST", "/api/add-resource", ResourceKind.Kind, resources.Add, ObjectWrites.AddAsync);
        routes.MapCall("POST", "/api/update-resource", ResourceKind.Kind, resources.Update, ResourceRows.UpdateAsync);
        routes.MapCall("POST", "/api/delete-resource", ResourceKind.Kind, resources.Delete, ResourceRows.DeleteAsync);
        routes.MapCall("POST", "/api/upload-resource", ResourceKind.Kind, Authorization.OfRoute("POST /api/upload-resource"), UploadResource.HandleAsync).Describe(new("Resource", "Uploads a file, for the caller or for a user that the caller administers")
        {
            Detail = "data is the file's address, data2 the resource's name.",
            Query =
            [
                new("owner", "the organization; else the caller's"), new("user", "whose it is; else the caller's"), new("application", "kept with it"),
                new("tag", "kept with it; avatar makes it the user's picture"), new("parent", "kept with it"), new("fullFilePath", "its name; else the file's"), new("description", "kept with it"),
            ],
            Form = [new("file", "the file; the first part counts, whatever its name", "file", IsRequired: true)],
            IsMultipart = true,
            Answers = [Reply.Data("S", "S")],
        });
        routes.MapFiles();

        var sessions = Authorization.Of("session");
        routes.MapCall("GET", "/api/get-sessions", SessionKind.Kind, sessions.List, call => ObjectEndpoints.ListAsync(call, SessionRows.ListAsync));
        routes.MapCall("GET", "/api/get-session", SessionKind.Kind, sessions.Get, SessionRows.GetAsync);
        routes.MapCall("GET", "/api/is-session-duplicated", SessionKind.Kind, sessions.Get, SessionRows.IsDuplicatedAsync).Describe(new("Session", "Tells whether another sign-in than the named one stands in a session")
        {
            Query = [new("sessionPkId", "owner/name/application", IsRequired: true), new("sessionId", "the sign-in that is meant")],
            Answers = [Reply.Data("B")],
        });
        routes.MapCall("POST", "/api/add-session", SessionKind.Kind, sessions.Add, SessionRows.AddAsync);
        routes.MapCall("POST", "/api/update-session", SessionKind.Kind, sessions.Update, SessionRows.UpdateAsync);
        routes.MapCall("POST", "/api/delete-session", SessionKind.Kind, sessions.Delete, SessionRows.DeleteAsync)
            .Describe(new("Session", "Ends sign-ins of a user")
            {
                Detail = "The body names the session by owner and name; sessionId names single sign-ins of it. "
                    + "Grants with offline_access live on: data2 says how many there are.",
                Query =
                [
                    new("id", "owner/name/application"), new("organization", "must be the object's organization where it is sent"),
                    new("endOffline", "true = the user's grants with offline_access end too"),
                ],
                Body = "Session" + Operation.Fields,
                Answers = [Reply.Data("Written", "OfflineGrants")],
            });
    }
}
