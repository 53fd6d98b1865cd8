using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.AuthorizationServer.Http;
using Postern.AuthorizationServer.Http.Inputs;
using Postern.AuthorizationServer.OAuth.Clients;
using Postern.AuthorizationServer.Outgoing;
using Postern.AuthorizationServer.Refusals;
using Postern.Directory.Credentials;
using Postern.Directory.Objects;
using Postern.Protocol;
using Postern.Storage.Databases;
using Postern.Storage.Tables;

namespace Postern.AuthorizationServer.OAuth.Registration;

/// <summary>
/// Dynamic client registration (RFC 7591) and its management (RFC 7592), where an organization's <c>dcrPolicy</c> permits it:
/// <c>open</c> for all callers, <c>token</c> for callers with an access token of an administrator of that organization. Never in
/// <c>built-in</c>.
/// </summary>
internal static class RegistrationEndpoint
{
    public const string Path = "/api/oauth/register";

    private const long MillisecondsADay = 86_400_000;

    private static readonly OAuthError Off = new("invalid_client_metadata", "dynamic client registration is disabled for this organization");
    private static readonly OAuthError Unknown = new("invalid_token", "the registration access token is not one of this client", StatusCodes.Status401Unauthorized);

    public static void MapRegistration(this IEndpointRouteBuilder routes)
    {
        routes.MapCrossOrigin(Path, [HttpMethods.Post], context => AnswerAsync(context, RegisterAsync)).Describe(new("Client registration", "Registers a client (RFC 7591), where the organization permits it")
        {
            Credentials = Credentials.Bearer | Credentials.Optional,
            Query = [new("organization", "where; else the only one that takes registrations")],
            Body = "ClientMetadata",
            Answers = [Reply.Of("ClientRegistration", StatusCodes.Status201Created)],
        });
        routes.MapGet(Path + "/{clientId}", (RequestDelegate)(context => AnswerAsync(context, ReadAsync))).Describe(new("Client registration", "What a client registered (RFC 7592)")
        {
            Credentials = Credentials.Registration,
            Answers = [Reply.Of("ClientRegistration")],
        });
        routes.MapPut(Path + "/{clientId}", (RequestDelegate)(context => AnswerAsync(context, UpdateAsync))).Describe(new("Client registration", "Replaces what a client registered")
        {
            Credentials = Credentials.Registration,
            Body = "ClientMetadata",
            Answers = [Reply.Of("ClientRegistration")],
        });
        routes.MapDelete(Path + "/{clientId}", (RequestDelegate)(context => AnswerAsync(context, DeleteAsync))).Describe(new("Client registration", "Takes a registration back, with all that was granted to it")
        {
            Credentials = Credentials.Registration,
            Answers = [Reply.Nothing(StatusCodes.Status204NoContent, "It is gone")],
        });
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<Outcome<JsonObject>>> handle)
    {
        if ((await handle(context)).IsRefused(out var refusal, out var answer))
        {
            await ClientEndpoint.RefuseAsync(context, RefusalCounts.UnknownClient, refusal);
        }
        else if (answer.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await OAuthAnswers.WriteAsync(context, answer, HttpMethods.IsPost(context.Request.Method) ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        }
    }

    private static async Task<Outcome<JsonObject>> RegisterAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var organization = await services.GetRequiredService<Database>().ReadAsync(
            c => Organizations.FindForRegistrationAsync(c, context.Request.Query["organization"].ToString()), context.RequestAborted);
        if (organization is null || organization.Name == Organizations.BuiltIn || (organization.IsDemo && !services.GetRequiredService<AuthorizationServerOptions>().HasSandbox))
        {
            return Off;
        }

        if (organization.DcrPolicy == "token" ? !await BringsTokenAsync(context, organization) : organization.DcrPolicy != "open")
        {
            return organization.DcrPolicy == "token"
                ? new OAuthError("invalid_token", "registration here needs an access token of an administrator of the organization", StatusCodes.Status401Unauthorized)
                : Off;
        }

        // Counted whether or not it succeeds: the limit bounds the rows that one address can leave.
        if (services.GetRequiredService<AnonymousRows>().Refuse(context.PeerAddress(), "registered") is { } limit)
        {
            return limit;
        }

        return (await ReadMetadataAsync(context)).IsRefused(out var refusal, out var metadata) ? refusal : await AddAsync(context, organization.Name, metadata);
    }

    private static async Task<Outcome<JsonObject>> AddAsync(HttpContext context, string organization, ClientMetadata metadata)
    {
        var services = context.RequestServices;
        var clientId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10));
        var (registration, secret) = (OpaqueToken.New(), metadata.HasSecret ? OpaqueToken.New().Text : "");
        var document = metadata.ToApplication(clientId, organization, "dcr_" + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 12));
        if (secret.Length > 0)
        {
            document["clientSecret"] = secret;
        }

        var prepared = services.GetRequiredService<ObjectStore>().PrepareAdd(ObjectKinds.Application, document);
        if (prepared.Value?.And(("is_self_registered", true), ("registration_hash", registration.Hash)) is not { } ready)
        {
            return new OAuthError("invalid_client_metadata", prepared.Refusal.English) { ChineseMessage = prepared.Refusal.Chinese };
        }

        var record = RequestRecords.Of(context, organization, "", "register-client", ready.Name);
        var most = services.GetRequiredService<AuthorizationServerOptions>().RegisteredClientsPerDay;
        var isFull = false;
        var isWritten = await services.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            // Under the lock, so that two at the same instant are both counted.
            if (!await Organizations.LockAsync(connection, organization, transaction)
                || (isFull = await Applications.CountRegisteredAsync(connection, organization, record.CreatedTime - MillisecondsADay, most, transaction) >= most)
                || !await ObjectStore.AddAsync(connection, transaction, ready))
            {
                return Written.Rollback(false);
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
        if (!isWritten)
        {
            return isFull ? AnonymousRows.Full : Off;
        }

        var answer = Shown(services, metadata, clientId);
        answer["client_id_issued_at"] = record.CreatedTime / 1000;
        answer["registration_access_token"] = registration.Text;
        if (secret.Length > 0)
        {
            answer["client_secret"] = secret;
            answer["client_secret_expires_at"] = 0;
        }

        return answer;
    }

    private static async Task<Outcome<JsonObject>> ReadAsync(HttpContext context) =>
        await FindAsync(context) is not { } found ? Unknown
            : Shown(context.RequestServices, await StoredAsync(context, found), found.ClientId);

    /// <summary>Replaces what the client says of itself; its id, secret and organization stay (RFC 7592 §2.2).</summary>
    private static async Task<Outcome<JsonObject>> UpdateAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } found)
        {
            return Unknown;
        }

        if ((await ReadMetadataAsync(context)).IsRefused(out var refusal, out var metadata))
        {
            return refusal;
        }

        if (metadata.Method != found.TokenEndpointAuthMethod)
        {
            return new OAuthError("invalid_client_metadata", "token_endpoint_auth_method cannot be changed: register anew");
        }

        var services = context.RequestServices;
        var (database, store) = (services.GetRequiredService<Database>(), services.GetRequiredService<ObjectStore>());
        var document = metadata.ToApplication(found.ClientId, found.Organization, found.Name);
        var record = RequestRecords.Of(context, found.Organization, "", "update-registered-client", found.Name);
        var stored = await database.ReadAsync(c => ObjectStore.FindAsync(c, ObjectKinds.Application, "admin", found.Name), context.RequestAborted);
        if (stored is null || store.PrepareUpdate(stored, document).Value is not { } ready)
        {
            return new OAuthError("invalid_client_metadata", "the metadata cannot be kept");
        }

        var isWritten = await database.WriteAsync(async (connection, transaction) =>
        {
            if (!await ObjectStore.UpdateAsync(connection, transaction, ready))
            {
                return Written.Rollback(false);
            }

            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
        return isWritten ? Shown(services, metadata, found.ClientId)
            : OAuthError.Unavailable("the registration is being changed: try again", null, TimeSpan.FromSeconds(1));
    }

    private static async Task<Outcome<JsonObject>> DeleteAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } found)
        {
            return Unknown;
        }

        var record = RequestRecords.Of(context, found.Organization, "", "delete-registered-client", found.Name);
        await context.RequestServices.GetRequiredService<Database>().WriteAsync(async (connection, transaction) =>
        {
            await Applications.DeleteAsync(connection, [found.Id], record.CreatedTime, transaction);
            await Records.AddAsync(connection, record, transaction);
            return Written.Commit(true);
        });
        return new JsonObject();
    }

    private static async Task<Application?> FindAsync(HttpContext context)
    {
        var clientId = (string)context.Request.RouteValues["clientId"]!;
        var token = BearerOf(context.Request);
        return token.Length == 0 || clientId.Contains('\0', StringComparison.Ordinal) ? null
            : await context.RequestServices.GetRequiredService<Database>().ReadAsync(
                c => Applications.FindRegisteredAsync(c, clientId, OpaqueToken.HashOf(token)), context.RequestAborted);
    }

    private static async Task<ClientMetadata> StoredAsync(HttpContext context, Application application)
    {
        var shown = await context.RequestServices.GetRequiredService<Database>().ReadAsync(
            c => ObjectStore.GetAsync(c, ObjectKinds.Application, "admin", application.Name), context.RequestAborted);
        string Text(string property) => shown is null ? "" : ObjectTarget.Text(shown, property);
        return new ClientMetadata
        {
            Name = application.DisplayName,
            RedirectUris = application.RedirectUriList(),
            Method = application.TokenEndpointAuthMethod,
            Scope = string.Join(' ', application.ScopeNames()),
            Uri = Text("homepageUrl"),
            Logo = Text("logo"),
            PolicyUri = Text("policyUri"),
            TermsUri = Text("termsOfUse"),
            JwksUri = application.JwksUri,
            Jwks = application.Jwks,
            IdTokenAlgorithm = application.TokenSigningMethod is { Length: > 0 } algorithm ? algorithm : SigningAlgorithms.Rs256.Name,
        };
    }

    private static JsonObject Shown(IServiceProvider services, ClientMetadata metadata, string clientId)
    {
        var shown = metadata.Show();
        shown["client_id"] = clientId;
        shown["registration_client_uri"] = $"{services.GetRequiredService<AuthorizationServerOptions>().Origin}{Path}/{clientId}";
        return shown;
    }

    /// <summary>An initial access token (RFC 7591 §1.2): an access token of an administrator of the organization, with all of their permissions.</summary>
    private static async Task<bool> BringsTokenAsync(HttpContext context, Organization organization)
    {
        var token = BearerOf(context.Request);
        return token.Length > 0
            && await context.RequestServices.GetRequiredService<AccessTokenReader>().ReadAsync(token, context.RequestAborted) is { Jkt.Length: 0, Opens: Opens.Everything, Application.IsSelfRegistered: false } owner
            && new Caller { User = owner.User, Application = owner.User is null ? owner.Application : null }.IsAdminOf(organization.Name);
    }

    private static string BearerOf(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
    }

    private static async Task<Outcome<ClientMetadata>> ReadMetadataAsync(HttpContext context)
    {
        var outgoing = context.RequestServices.GetRequiredService<OutgoingHttp>();
        var bytes = await BoundedBody.ReadAsync(context);
        if (bytes is null)
        {
            return OAuthError.InvalidRequest("the request body is too large") with { Status = StatusCodes.Status413PayloadTooLarge };
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return ClientMetadata.Read(document.RootElement, outgoing);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new OAuthError("invalid_client_metadata", "the body is not a JSON object");
        }
    }
}
