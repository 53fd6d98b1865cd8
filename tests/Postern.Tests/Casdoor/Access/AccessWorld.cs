using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Xunit;

namespace Postern.Tests.Casdoor.Access;

/// <summary>Two organizations, and one caller of each kind that there is; made once for each database.</summary>
public sealed class AccessWorlds : IAsyncLifetime
{
    private readonly Dictionary<DatabaseDriver, Lazy<Task<AccessWorld>>> worlds = Enum.GetValues<DatabaseDriver>()
        .ToDictionary(driver => driver, driver => new Lazy<Task<AccessWorld>>(async () => await AccessWorld.CreateAsync(await TestServer.StartAsync(driver))));

    public Task<AccessWorld> OnAsync(DatabaseDriver driver) => worlds[driver].Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var world in worlds.Values.Where(w => w.IsValueCreated))
        {
            await (await world.Value).DisposeAsync();
        }
    }
}

public sealed class AccessWorld : IAsyncDisposable
{
    private readonly Dictionary<string, AuthenticationHeaderValue?> credentials = new(StringComparer.Ordinal);
    private readonly HttpClient http;
    private int count;

    private AccessWorld(TestServer server, Tenant hold, Tenant other)
    {
        (Server, Hold, Other) = (server, hold, other);
        http = new HttpClient { BaseAddress = server.Http.BaseAddress };
    }

    public TestServer Server { get; }

    /// <summary>The organization whose objects are asked for.</summary>
    public Tenant Hold { get; }

    public Tenant Other { get; }

    /// <summary>Every kind of caller, in the order of the expectations.</summary>
    public static readonly IReadOnlyList<string> Callers =
    [
        "nobody", "another user", "himself", "administrator", "administrator of another", "global administrator", "application", "application of another",
        "application of built-in", "application without apiAccess", "client that registered itself", "expired token", "revoked token",
    ];

    public static async Task<AccessWorld> CreateAsync(TestServer server)
    {
        const string grants = "grant_types = '[\"password\",\"client_credentials\"]'";
        var (hold, other) = (await server.NewTenantAsync(grants), await server.NewTenantAsync(grants));
        var world = new AccessWorld(server, hold, other);
        await hold.AddUserAsync("alice");
        await hold.AddUserAsync("bob");
        await hold.AddUserAsync("boss", ("isAdmin", true));
        await other.AddUserAsync("boss", ("isAdmin", true));
        await other.AddUserAsync("alice");
        var global = await server.NewTenantAsync(grants);
        await server.ExecuteAsync("update applications set organization = 'built-in', organization_id = (select id from organizations where name = 'built-in') where name = @Application", new { global.Application });
        await server.AddUserAsync("built-in", "root", ("isAdmin", true));
        var closed = await server.NewTenantAsync(grants);
        await server.ExecuteAsync("update applications set organization = @Organization, organization_id = (select id from organizations where name = @Organization), api_access = 'none' where name = @Application", new { hold.Organization, closed.Application });

        world.credentials["nobody"] = null;
        world.credentials["another user"] = await SignInAsync(hold, "bob");
        world.credentials["himself"] = await SignInAsync(hold, "alice");
        world.credentials["administrator"] = await SignInAsync(hold, "boss");
        world.credentials["administrator of another"] = await SignInAsync(other, "boss");
        world.credentials["global administrator"] = await SignInAsync(global, "root");
        world.credentials["application"] = Basic(hold);
        world.credentials["application of another"] = Basic(other);
        world.credentials["application of built-in"] = Basic(global);
        world.credentials["application without apiAccess"] = Basic(closed);
        world.credentials["revoked token"] = await SignInAsync(hold, "boss");
        await server.ExecuteAsync("update tokens set revoked_time = 1 where id = (select max(id) from tokens where user_name = 'boss' and organization_id = (select id from organizations where name = @Organization))", new { hold.Organization });
        await server.ExecuteAsync("update applications set expire_in_hours = 0.001 where name = @Application", new { hold.Application });
        world.credentials["expired token"] = await SignInAsync(hold, "boss");
        await server.ExecuteAsync("update applications set expire_in_hours = 0 where name = @Application", new { hold.Application });

        var unknown = await Registered.NewTenantAsync(server);
        await server.ExecuteAsync("update users set is_admin = true, owner = @Organization, organization_id = (select id from organizations where name = @Organization), name = 'chief' where owner = @From and name = 'alice'", new { hold.Organization, From = unknown.Organization });
        await server.ExecuteAsync("update applications set organization = @Organization, organization_id = (select id from organizations where name = @Organization) where organization = @From", new { hold.Organization, From = unknown.Organization });
        await server.ExecuteAsync("update organizations set dcr_policy = 'open' where name = @Organization", new { hold.Organization });
        unknown = unknown with { Organization = hold.Organization };
        using var chief = await Visitor.SignedInAsync(unknown, "chief");
        var token = await Registered.SignInAsync(unknown.As(await Registered.RegisterAsync(unknown)), chief);
        world.credentials["client that registered itself"] = new AuthenticationHeaderValue("Bearer", token["access_token"]!);

        server.Clock.Advance(TimeSpan.FromSeconds(10));
        return world;
    }

    /// <summary>A name that nothing has yet.</summary>
    public string NewName(string stem = "probe") => $"{stem}-{Interlocked.Increment(ref count)}";

    public async Task<(HttpStatusCode Status, JsonNode? Body, string Text)> AskAsync(string caller, string method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Authorization = credentials[caller];
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, text);
    }

    /// <summary>A user of the organization as another caller: the name that <see cref="AskAsync"/> takes.</summary>
    public async Task<string> SignInAsync(string user)
    {
        if (!credentials.ContainsKey("user " + user))
        {
            credentials["user " + user] = await SignInAsync(Hold, user);
        }

        return "user " + user;
    }

    /// <summary>As the global administrator; the answer must be good.</summary>
    public async Task<JsonNode> SetUpAsync(string method, string path, JsonObject? body = null)
    {
        var (_, answer, text) = await AskAsync("global administrator", method, path, body);
        return answer?["status"]?.ToString() == "ok" ? answer : throw new InvalidOperationException($"{method} {path}: {text}");
    }

    /// <summary>Whether the answer is the verdict of the authorization: not let in.</summary>
    public static bool IsRefused((HttpStatusCode Status, JsonNode? Body, string Text) answer) =>
        (int)answer.Status is 401 or 403 or 404
        || (answer.Body?["status"]?.ToString() == "error"
            && answer.Body["msg"]!.ToString() is var message
            && (message is "Unauthorized operation" or "Please login first" or "Please sign in first" or "this operation requires administrator to perform"
                or "Access token doesn't exist in database" || message.StartsWith("Access token has expired", StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Server.DisposeAsync();
    }

    private static AuthenticationHeaderValue Basic(Tenant tenant) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{tenant.ClientId}:{tenant.ClientSecret}")));

    private static async Task<AuthenticationHeaderValue> SignInAsync(Tenant tenant, string user)
    {
        var answer = await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", user), ("password", PasswordUsers.Password));
        return new AuthenticationHeaderValue("Bearer", answer["access_token"] ?? throw new InvalidOperationException(answer.Text));
    }
}
