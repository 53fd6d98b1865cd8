using System.Text;
using System.Text.Json.Nodes;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;

namespace Postern.Tests.Casdoor.Sdks;

/// <summary>An organization of its own with everything that one recorded request names, and the values of its placeholders.</summary>
internal sealed class SdkWorld
{
    public const string User = "alice";
    public const string NewPassword = "another-Password-2";
    public const string OldEmail = "a@example.com";

    private const string Model =
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n[policy_effect]\ne = some(where (p.eft == allow))\n"
        + "[matchers]\nm = r.sub == p.sub && r.obj == p.obj && r.act == p.act";

    private readonly Tenant tenant;
    private readonly Dictionary<string, string> values;

    private SdkWorld(Tenant tenant, string userId)
    {
        (this.tenant, UserId) = (tenant, userId);
        values = new(StringComparer.Ordinal)
        {
            ["ORG"] = tenant.Organization, ["APP"] = tenant.Application, ["USER"] = User, ["CLIENT_ID"] = tenant.ClientId, ["CLIENT_SECRET"] = tenant.ClientSecret,
            ["PASSWORD"] = PasswordUsers.Password, ["REDIRECT_URI"] = Visitor.RedirectUri, ["VERIFIER"] = Visitor.Verifier, ["CHALLENGE"] = Visitor.Challenge,
            ["ENDPOINT"] = tenant.Server.Issuer,
        };
    }

    public Tenant Tenant => tenant;

    public string UserId { get; }

    public string Organization => tenant.Organization;

    /// <summary>The application by Basic: reads effects back.</summary>
    public RowCaller Application => RowCaller.Of(tenant);

    public string this[string placeholder] => values[placeholder];

    public static async Task<SdkWorld> OfAsync(TestServer server, SdkRequest request)
    {
        var tenant = await server.NewTenantAsync(
            $$"""
            redirect_uris = '["{{Visitor.RedirectUri}}","casdoor://callback"]',
            grant_types = '["authorization_code","password","client_credentials","refresh_token"]'
            """);
        var world = new SdkWorld(tenant, await tenant.AddUserAsync(User, ("email", OldEmail), ("emailVerified", true)));
        foreach (var (mention, kind, document) in world.Objects())
        {
            if (request.Query.Contains(mention, StringComparison.Ordinal) || request.Body?.ToJsonString().Contains(mention, StringComparison.Ordinal) == true)
            {
                await world.AddAsync(kind, document);
            }
        }

        await world.SignInAsync(request);
        return world;
    }

    /// <summary>What is sent; identifiers that a server makes stand for the ones that the request was recorded with.</summary>
    public Task<SdkAnswer> SendAsync(SdkRequest request)
    {
        var query = request.Query.Replace("userId=0f3a", "userId=" + UserId, StringComparison.Ordinal).Replace("newPassword={PASSWORD}", "newPassword=" + NewPassword, StringComparison.Ordinal);
        var body = request.Body?.ToJsonString()
            .Replace("token_x", values.GetValueOrDefault("TOKEN", ""), StringComparison.Ordinal)
            .Replace("\"newPassword\":\"{PASSWORD}\"", $"\"newPassword\":\"{NewPassword}\"", StringComparison.Ordinal)
            .Replace("\"newPassword\",\"value\":\"{PASSWORD}\"", $"\"newPassword\",\"value\":\"{NewPassword}\"", StringComparison.Ordinal);
        return (request with { Query = query, Body = body is null ? null : JsonNode.Parse(body) }).SendAsync(tenant.Server, values);
    }

    public async Task<JsonNode> UserAsync() => (await Application.DataAsync($"/api/get-user?id={Organization}/{values["USER"]}"))!;

    /// <summary>The object as its kind's route shows it; null where there is none.</summary>
    public Task<JsonNode?> ObjectAsync(string kind, string name, string? owner = null) =>
        Application.DataAsync($"/api/get-{kind}?id={owner ?? Organization}/{name}");

    public async Task AddAsync(string kind, JsonObject document)
    {
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "text/plain");
        var answer = await tenant.Server.SendAsync(HttpMethod.Post, "/api/add-" + kind, content, Application.Authorization);
        if (answer["status"] != "ok")
        {
            throw new InvalidOperationException($"add-{kind}: {answer.Text}");
        }
    }

    private IEnumerable<(string Mention, string Kind, JsonObject Document)> Objects()
    {
        JsonObject Named(string name, params (string Property, JsonNode? Value)[] more) =>
            new([KeyValuePair.Create("owner", (JsonNode?)Organization), KeyValuePair.Create("name", (JsonNode?)name), .. more.Select(m => KeyValuePair.Create(m.Property, m.Value))]);

        yield return ("enf", "model", Named("model1", ("modelText", Model)));
        yield return ("enf", "adapter", Named("adapter1", ("useSameDb", true)));
        yield return ("enf", "enforcer", Named("enf", ("model", Organization + "/model1"), ("adapter", Organization + "/adapter1")));
        yield return ("perm", "permission", Named("perm", ("resources", new JsonArray("data1")), ("actions", new JsonArray("read")), ("effect", "Allow"),
            ("isEnabled", true), ("users", new JsonArray($"{Organization}/{User}"))));
        yield return ("\"role_net\",\"", "role", Named("unrelated"));
        yield return ("\"name\":\"role_net\"}", "role", Named("role_net", ("isEnabled", true)));
        yield return ("provider_x", "provider", Named("provider_x", ("category", "OAuth"), ("type", "Google")));
        yield return ("order1", "product", Named("p1", ("price", 2.5), ("currency", "USD"), ("quantity", 10), ("state", "Published"), ("providers", new JsonArray("pp"))));
        yield return ("order1", "order", Named("order1", ("user", User), ("price", 2.5), ("currency", "USD"), ("state", "Created"), ("products", new JsonArray("p1"))));
        yield return ("product1", "product", Named("product1", ("price", 2.5), ("currency", "USD"), ("quantity", 10), ("state", "Published")));
        yield return ("providerName=p", "provider", Named(values["ORG"] + "-pay", ("category", "Payment"), ("type", "Dummy")));
        yield return ("%2Fp1", "product", Named("p1", ("price", 2.5), ("currency", "USD"), ("quantity", 10), ("state", "Published"), ("providers", new JsonArray("pp"))));
        yield return ("r1", "resource", Named("r1", ("user", User)));
        yield return ("pay1", "payment", Named("pay1", ("user", User), ("state", "Created")));
        yield return ("sessionPkId", "session", Named(User, ("application", tenant.Application), ("sessionId", new JsonArray("s"))));
        yield return ("field=user", "transaction", Named("t", ("user", User), ("amount", 1)));
        yield return ("get-user-transactions", "transaction", Named("t", ("user", User), ("amount", 1)));
        yield return ("withTree", "group", Named(values["ORG"] + "-top", ("isTopGroup", true), ("parentId", values["ORG"])));
    }

    private async Task SignInAsync(SdkRequest request)
    {
        if (request.Needs("{CODE}"))
        {
            values["CODE"] = request.Name == "token-code-no-grant-type" ? tenant.Code("ann") : await CodeAsync(request.Needs("{VERIFIER}"));
        }

        if (request.Needs("{ACCESS}") || request.Needs("{REFRESH}") || request.Needs("{ID_TOKEN}"))
        {
            if (request.Name == "id-absent-update-self")
            {
                await SignInMiniProgramAsync();
                return;
            }

            var isPublic = request.Needs("{REFRESH}") && !request.Needs("{CLIENT_SECRET}");
            var tokens = request.Name == "cred-bearer-of-client-credentials"
                ? await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret))
                : isPublic ? await PublicTokensAsync()
                : await tenant.TokenAsync(("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", User), ("password", PasswordUsers.Password));
            (values["ACCESS"], values["REFRESH"], values["ID_TOKEN"]) = (tokens["access_token"]!, tokens["refresh_token"] ?? "", tokens["id_token"] ?? "");
        }

        if (request.Name == "id-absent-delete-token")
        {
            await tenant.TokenAsync(("grant_type", "client_credentials"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret));
            values["TOKEN"] = (await Application.DataAsync("/api/get-tokens?owner=admin&organization=" + Organization))![0]!["name"]!.GetValue<string>();
        }
    }

    /// <summary>The user of the example is one that came by a Mini Program, so the password in the form is the first.</summary>
    private async Task SignInMiniProgramAsync()
    {
        values["ACCESS"] = (await tenant.SignInAsync(tenant.Code("mini")))["access_token"]!;
        values["USER"] = (await tenant.UsersAsync()).Single(u => u.Name != User).Name;
    }

    private async Task<Answer> PublicTokensAsync() => await tenant.TokenAsync(
        ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", await CodeAsync(hasVerifier: true)), ("redirect_uri", Visitor.RedirectUri), ("code_verifier", Visitor.Verifier));

    private async Task<string> CodeAsync(bool hasVerifier)
    {
        using var visitor = await Visitor.SignedInAsync(tenant, User);
        // Mobile libraries ask for the scope read, at the authorization and at the refresh.
        return hasVerifier ? await visitor.CodeAsync(tenant, ("scope", "read")) : await visitor.CodeAsync(tenant, ("code_challenge", ""), ("code_challenge_method", ""));
    }
}
