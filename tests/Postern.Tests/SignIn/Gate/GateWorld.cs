using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Postern.Protocol;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7523;
using Postern.Tests.Rfc8628;
using Xunit;

namespace Postern.Tests.SignIn.Gate;

/// <summary>
/// An application with every way in, the user ann with a password and a phone with the Mini Program, and what each way needs to issue something:
/// grants, codes, sessions and approvals that began before an administrator wrote anything.
/// </summary>
internal sealed class GateWorld : IAsyncDisposable
{
    public const string Issued = "issued";

    private const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    private const string Bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Persona = "mei";

    /// <summary>Every way that issues a session, a code or a token to a user, by its name; each is tried once.</summary>
    public static readonly IReadOnlyDictionary<string, Func<GateWorld, Task<string>>> Ways = new Dictionary<string, Func<GateWorld, Task<string>>>
    {
        ["page"] = async w =>
        {
            using var visitor = new Visitor(w.Server);
            var page = await visitor.GetAsync(Visitor.Authorize(w.Tenant.ClientId));
            return Read(!page.Text.Contains("<form", StringComparison.Ordinal) ? page : await visitor.SubmitAsync(page, ("username", "ann"), ("password", PasswordUsers.Password)));
        },
        ["session"] = async w => Read(await w.browser.GetAsync(Visitor.Authorize(w.Tenant.ClientId))),
        ["silent"] = async w => Read(await w.browser.GetAsync(Visitor.Authorize(w.Tenant.ClientId, ("prompt", "none")))),
        ["implicit"] = async w => Read(await w.browser.GetAsync(Visitor.Authorize(w.Tenant.ClientId, ("response_type", "token"), ("code_challenge", ""), ("code_challenge_method", "")))),
        ["login"] = w => w.LoginAsync("login"),
        ["login code"] = w => w.LoginAsync("code"),
        ["login token"] = w => w.LoginAsync("token"),
        ["login by session"] = w => w.LoginAsync("login", w.browser),
        ["login code by session"] = w => w.LoginAsync("code", w.browser),
        ["login device by session"] = w => w.LoginAsync("device", w.browser),
        ["device page"] = async w =>
        {
            var page = await Device.TypeAsync(w.browser, w.waiting!.UserCode);
            page = page.Text.Contains("name=\"decision\"", StringComparison.Ordinal) ? await w.browser.SubmitAsync(page, ("decision", "allow")) : page;
            return page.Text.Contains("The device is connected", StringComparison.Ordinal) ? Issued : Read(page);
        },
        [Device.GrantType] = async w => Read(await w.approved!.PollAsync()),
        ["authorization_code"] = async w => Read(await w.RedeemAsync(w.code!)),
        ["authorization_code by a server"] = async w => Read(await w.RedeemAsync(w.serverCode!, ("client_secret", w.Tenant.ClientSecret))),
        ["refresh_token"] = async w => Read(await w.Tenant.RefreshAsync(w.tokens!["refresh_token"]!)),
        ["refresh_token by a server"] = async w => Read(await w.Tenant.RefreshAsync(w.password!["refresh_token"]!, ("client_secret", w.Tenant.ClientSecret))),
        ["refresh_token of a Mini Program"] = async w => Read(await w.Tenant.RefreshAsync(w.phone!["refresh_token"]!)),
        ["password"] = async w => Read(await w.PasswordAsync()),
        [Exchange] = async w => Read(await w.Tenant.TokenAsync(
            ("grant_type", Exchange), ("client_id", w.Tenant.ClientId), ("client_secret", w.Tenant.ClientSecret), ("subject_token", w.password!["access_token"]!))),
        [Bearer] = async w => Read(await w.Tenant.TokenAsync(
            ("grant_type", Bearer), ("client_id", w.Tenant.ClientId), ("client_secret", w.Tenant.ClientSecret), ("assertion", Assertion.Of(w.Tenant, w.key, ("sub", "ann"))))),
        [GrantTypes.WeChatMiniProgram] = async w => Read(await w.Tenant.SignInAsync(w.Tenant.Code(Persona))),
        ["wechat_miniprogram of a new user"] = async w => Read(await w.Tenant.SignInAsync(w.Tenant.Code("a stranger"))),
    };

    /// <summary>Those that no password is behind.</summary>
    public static readonly IReadOnlySet<string> WithoutPassword = new HashSet<string>
    {
        Bearer, GrantTypes.WeChatMiniProgram, "wechat_miniprogram of a new user", "refresh_token of a Mini Program",
    };

    private readonly ClientKey key;
    private readonly Visitor browser;
    private Device? waiting, approved;
    private string? code, serverCode;
    private Answer? tokens, password, phone;

    private GateWorld(Tenant tenant, ClientKey key) => (Tenant, this.key, browser) = (tenant, key, new Visitor(tenant.Server));

    public Tenant Tenant { get; }

    public TestServer Server => Tenant.Server;

    public string AnnId { get; private set; } = "";

    public static async Task<GateWorld> StartAsync(TestServer server)
    {
        var key = ClientKey.NewEc();
        var tenant = await server.NewWebTenantAsync($"password token {Device.GrantType} {Exchange} {Bearer}", $"jwks = '{key.Jwks()}'");
        var world = new GateWorld(tenant, key) { AnnId = await tenant.AddUserAsync("ann", ("tag", "staff")) };
        await world.browser.LoginAsync(tenant, "ann", PasswordUsers.Password);
        world.waiting = await Device.StartAsync(tenant);
        world.approved = await Device.StartAsync(tenant);
        await world.approved.DecideAsync(world.browser, "allow");
        world.tokens = await world.RedeemAsync(await world.browser.CodeAsync(tenant));
        world.code = await world.browser.CodeAsync(tenant);
        world.serverCode = await world.browser.CodeAsync(tenant);
        world.password = await world.PasswordAsync();
        world.phone = await tenant.SignInAsync(tenant.Code(Persona));
        Assert.Equal((200, 200, 200), (world.tokens.Status, world.password.Status, world.phone.Status));
        return world;
    }

    /// <summary>What an administrator does to one object: changes these properties of it, by the API.</summary>
    public async Task ChangeAsync(string kind, string id, params (string Property, JsonNode? Value)[] changes)
    {
        var body = new JsonObject();
        foreach (var (property, value) in changes)
        {
            body[property] = value;
        }

        Assert.Equal("", await WriteAsync($"/api/update-{kind}?id={id}&columns={string.Join(',', changes.Select(c => c.Property))}", body));
    }

    public Task ChangeUserAsync(string property, JsonNode? value) => ChangeAsync("user", $"{Tenant.Organization}/ann", (property, value));

    public Task ChangeApplicationAsync(string property, JsonNode? value) => ChangeAsync("application", $"admin/{Tenant.Application}", (property, value));

    public Task ChangeOrganizationAsync(string property, JsonNode? value) => ChangeAsync("organization", $"admin/{Tenant.Organization}", (property, value));

    /// <summary>Adds a permission of the application.</summary>
    public async Task PermitAsync(string name, string effect, params (string Property, JsonNode? Value)[] more)
    {
        var body = new JsonObject
        {
            ["owner"] = Tenant.Organization, ["name"] = name, ["resourceType"] = "Application", ["resources"] = new JsonArray(Tenant.Application),
            ["actions"] = new JsonArray("Read"), ["effect"] = effect, ["isEnabled"] = true, ["state"] = "Approved",
        };
        foreach (var (property, value) in more)
        {
            body[property] = value;
        }

        Assert.Equal("", await WriteAsync("/api/add-permission", body));
    }

    /// <summary>The refusal of a write, or "".</summary>
    public async Task<string> WriteAsync(string path, JsonObject body)
    {
        using var administrator = await Administrator.OfAsync(Server);
        return await administrator.WriteAsync(path, body) is var answer and not "Affected" ? answer : "";
    }

    /// <summary>How many sessions, codes, approvals and tokens there are.</summary>
    public Task<long> CountAsync() => Server.ScalarAsync<long>(
        """
        select (select count(*) from tokens t join users u on u.id = t.user_id where u.owner = @Organization)
          + (select count(*) from grants g join users u on u.id = g.user_id where u.owner = @Organization)
          + (select count(*) from sessions s join users u on u.id = s.user_id where u.owner = @Organization)
          + (select count(*) from authorization_codes c join users u on u.id = c.user_id where u.owner = @Organization)
          + (select count(*) from device_codes d join users u on u.id = d.user_id where u.owner = @Organization)
          + (select count(*) from users where owner = @Organization)
        """, new { Tenant.Organization });

    public Task<Answer> PasswordAsync() => Tenant.TokenAsync(
        ("grant_type", "password"), ("client_id", Tenant.ClientId), ("client_secret", Tenant.ClientSecret), ("username", "ann"), ("password", PasswordUsers.Password));

    public ValueTask DisposeAsync()
    {
        key.Dispose();
        browser.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<Answer> RedeemAsync(string authorizationCode, params (string, string)[] more) => Tenant.TokenAsync(
        [("grant_type", "authorization_code"), ("client_id", Tenant.ClientId), ("code", authorizationCode), ("code_verifier", Visitor.Verifier), .. more]);

    /// <summary><c>/api/login</c>: with the password, or by the session that this browser has.</summary>
    public async Task<string> LoginAsync(string type, Visitor? by = null, string name = "ann", string? organization = null)
    {
        var body = new JsonObject { ["type"] = type, ["application"] = Tenant.Application, ["organization"] = organization ?? Tenant.Organization };
        if (by is null)
        {
            (body["username"], body["password"]) = (name, PasswordUsers.Password);
        }

        if (type == "device")
        {
            body["userCode"] = waiting!.UserCode;
        }

        var query = type == "code"
            ? $"?clientId={Tenant.ClientId}&responseType=code&redirectUri={Uri.EscapeDataString(Visitor.RedirectUri)}&scope=openid&state=s&code_challenge={Visitor.Challenge}&code_challenge_method=S256"
            : "";
        using var stranger = new Visitor(Server);
        return Read(await (by ?? stranger).SendAsync(HttpMethod.Post, "/api/login" + query, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json")));
    }

    private static string Read(Answer answer) => answer.Status == 200 ? Issued : answer["error_description"] ?? answer.Text;

    /// <summary>The refusal, or <see cref="Issued"/> where a code or token goes to the client, or a session began.</summary>
    private static string Read(Shown shown)
    {
        if (shown.Text.StartsWith('{'))
        {
            var envelope = JsonNode.Parse(shown.Text)!;
            return envelope["status"]!.ToString() == "ok" && envelope["data"]?.ToString() != "RequiredUpdatePassword" ? Issued : $"{envelope["msg"]}{envelope["data"]}";
        }

        var isIssued = shown.Location.Contains("code=", StringComparison.Ordinal) || shown.Location.Contains("access_token=", StringComparison.Ordinal)
            || shown.Text.Contains("http-equiv=\"refresh\"", StringComparison.Ordinal);
        return isIssued ? Issued : WebUtility.UrlDecode(shown.Location) + WebUtility.HtmlDecode(shown.Text);
    }
}
