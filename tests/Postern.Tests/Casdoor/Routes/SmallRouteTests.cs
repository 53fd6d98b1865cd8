using System.Text;
using System.Text.Json.Nodes;
using Postern.CasdoorApi.InstallationRoutes;
using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Rows;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Casdoor.Routes;

/// <summary>The routes beside the five of each kind: what they answer, and to which caller.</summary>
public sealed partial class SmallRouteTests(Servers servers)
{
    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Names_of_organizations_are_ones_own_and_all_for_a_global_administrator(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        using var administrator = await Administrator.OfAsync(server);

        Assert.Equal([tenant.Organization], Names(await RowCaller.Of(tenant).DataAsync("/api/get-organization-names"), "name"));
        Assert.Superset(new HashSet<string> { tenant.Organization, other.Organization, "built-in" }, Names((await administrator.GetAsync("/api/get-organization-names"))["data"], "name").ToHashSet());
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_sees_the_applications_of_his_organization_as_a_sign_in_page_does(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await server.NewTenantAsync(), await server.NewTenantAsync());
        var mei = await SignInAsync(tenant, "Mei");

        var own = (await mei.DataAsync($"/api/get-organization-applications?organization={tenant.Organization}"))!.AsArray();

        Assert.Equal([tenant.Application], Names(own, "name"));
        Assert.Equal("***", own[0]!["clientSecret"]!.GetValue<string>());
        Assert.Equal("Unauthorized operation", await mei.MessageAsync($"/api/get-organization-applications?organization={other.Organization}"));
        Assert.Equal([tenant.Application], Names(await RowCaller.Of(tenant).DataAsync($"/api/get-organization-applications?organization={tenant.Organization}"), "name"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_application_of_a_user_is_the_one_that_he_signed_up_at_and_the_default_is_the_organizations(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var mei = await SignInAsync(tenant, "Mei");
        var name = (await tenant.UsersAsync()).Single().Name;
        using var administrator = await Administrator.OfAsync(server);

        var shown = (await mei.DataAsync($"/api/get-user-application?id={tenant.Organization}/{name}"))!;
        Assert.Equal((tenant.Application, "***"), (Text(shown, "name"), Text(shown, "clientSecret")));
        Assert.Equal($"The user: {tenant.Organization}/nobody doesn't exist", await RowCaller.Of(tenant).MessageAsync($"/api/get-user-application?id={tenant.Organization}/nobody"));

        var nobody = new RowCaller(server, null);
        Assert.Equal(tenant.Application, Text((await nobody.DataAsync($"/api/get-default-application?id=admin/{tenant.Organization}"))!, "name"));
        var second = "second-" + tenant.Organization;
        Assert.Equal("Affected", await administrator.WriteAsync("/api/add-application", new() { ["owner"] = "admin", ["name"] = second, ["organization"] = tenant.Organization }));
        Assert.Equal("Affected", await administrator.WriteAsync($"/api/update-organization?id=admin/{tenant.Organization}", new() { ["defaultApplication"] = second }));
        Assert.Equal(second, Text((await nobody.DataAsync($"/api/get-default-application?id=admin/{tenant.Organization}"))!, "name"));
        Assert.Equal("The organization: admin/nowhere does not exist", await nobody.MessageAsync("/api/get-default-application?id=admin/nowhere"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Permissions_are_found_by_their_role_and_by_who_asked_for_them(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync("grant_types = '[\"password\"]'");
        var (organization, application) = (tenant.Organization, RowCaller.Of(tenant));
        await tenant.AddUserAsync("boss", ("isAdmin", true));
        var boss = RowCaller.Bearer(server, (await tenant.TokenAsync(
            ("grant_type", "password"), ("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("username", "boss"), ("password", PasswordUsers.Password)))["access_token"]);
        Assert.Equal("Affected", await application.WriteAsync("/api/add-role", new() { ["owner"] = organization, ["name"] = "editor" }));
        foreach (var (name, roles, submitter) in new[] { ("reads", new JsonArray($"{organization}/editor"), "boss"), ("writes", [], "somebody") })
        {
            Assert.Equal("Affected", await application.WriteAsync("/api/add-permission", new() { ["owner"] = organization, ["name"] = name, ["roles"] = roles, ["submitter"] = submitter }));
        }

        var byRole = await boss.GetAsync($"/api/get-permissions-by-role?id={organization}/editor");
        Assert.Equal(["reads"], Names(byRole["data"], "name"));
        Assert.Equal(1, byRole["data2"]!.GetValue<int>());
        Assert.Equal(["reads"], Names(await boss.DataAsync("/api/get-permissions-by-submitter"), "name"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_sees_his_own_orders_and_payments_alone(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var (organization, application) = (tenant.Organization, RowCaller.Of(tenant));
        var mei = await SignInAsync(tenant, "Mei");
        var name = (await tenant.UsersAsync()).Single().Name;
        foreach (var (kind, user) in new[] { ("order", name), ("order", "lin"), ("payment", name), ("payment", "lin") })
        {
            Assert.Equal("Affected", await application.WriteAsync("/api/add-" + kind, new() { ["owner"] = organization, ["name"] = $"{kind}-of-{user}", ["user"] = user }));
        }

        Assert.Equal(["order-of-" + name], Names(await mei.DataAsync("/api/get-user-orders"), "name"));
        Assert.Equal(["payment-of-" + name], Names(await mei.DataAsync($"/api/get-user-payments?owner={organization}&user={name}"), "name"));
        Assert.Equal("Unauthorized operation", await mei.MessageAsync($"/api/get-user-orders?owner={organization}&user=lin"));
        Assert.Equal(["order-of-lin"], Names(await application.DataAsync($"/api/get-user-orders?owner={organization}&user=lin"), "name"));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_wrote_a_message_of_a_ticket_is_said_by_the_server(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewTenantAsync();
        var (organization, application) = (tenant.Organization, RowCaller.Of(tenant));
        var (mei, lin) = (await SignInAsync(tenant, "Mei"), await SignInAsync(tenant, "Lin"));
        var names = (await tenant.UsersAsync()).ToDictionary(u => u.DisplayName, u => u.Name);
        Assert.Equal("Affected", await application.WriteAsync("/api/add-ticket", new() { ["owner"] = organization, ["name"] = "help", ["user"] = names["Mei"] }));
        var route = $"/api/add-ticket-message?id={organization}/help";

        Assert.Equal("Affected", await mei.WriteAsync(route, new() { ["text"] = "it is broken", ["author"] = "boss", ["isAdmin"] = true }));
        Assert.Equal("Unauthorized operation", await lin.WriteAsync(route, new() { ["text"] = "mine too" }));
        Assert.Equal("text must have 1 to 10000 characters", await mei.WriteAsync(route, []));
        Assert.Equal("Affected", await application.WriteAsync(route, new() { ["text"] = "mended" }));
        Assert.Equal("Ticket not found", await application.WriteAsync($"/api/add-ticket-message?id={organization}/none", new() { ["text"] = "?" }));

        var messages = (await application.DataAsync($"/api/get-ticket?id={organization}/help"))!["messages"]!.AsArray();
        Assert.Equal([("it is broken", names["Mei"], false), ("mended", tenant.Application, true)], messages.Select(m => (Text(m!, "text"), Text(m!, "author").Split('/')[^1], m!["isAdmin"]!.GetValue<bool>())));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Consent_given_by_the_route_is_what_the_page_would_have_asked_for(DatabaseDriver driver)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(driver), """custom_scopes = '[{"scope":"orders","displayName":"Your orders"}]'""");
        var granted = new JsonObject { ["application"] = flow.Tenant.Application, ["grantedScopes"] = new JsonArray("orders") };
        Assert.Equal("/login/oauth/consent", (await flow.AuthorizeAsync(("scope", "openid orders"))).Forms.Single().Action);
        using var ann = new Visitor(flow.Tenant.Server);
        await ann.LoginAsync(flow.Tenant, "ann", CodeFlow.Password);
        // A client cannot agree in its user's name.
        var tokens = await flow.RedeemAsync(await flow.CodeAsync(("scope", "openid")));
        Assert.StartsWith("consent is given by the user", await RowCaller.Bearer(flow.Tenant.Server, tokens["access_token"]).WriteAsync("/api/grant-consent", granted), StringComparison.Ordinal);

        Assert.Equal("ok", await WriteAsync("/api/grant-consent", granted));
        Assert.NotNull((await flow.AuthorizeAsync(("scope", "openid orders")))["code"]);
        Assert.Equal("ok", await WriteAsync("/api/revoke-consent", granted));
        Assert.Equal("/login/oauth/consent", (await flow.AuthorizeAsync(("scope", "openid orders"))).Forms.Single().Action);
        Assert.Equal("the scopes must be such that the application's users are asked to allow", await WriteAsync("/api/grant-consent", new() { ["application"] = flow.Tenant.Application, ["grantedScopes"] = new JsonArray("admin") }));

        async Task<string> WriteAsync(string path, JsonObject body)
        {
            var answer = JsonNode.Parse((await ann.SendAsync(HttpMethod.Post, path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"))).Text)!;
            return Text(answer, "status") == "ok" ? "ok" : Text(answer, "msg");
        }
    }

    [Fact]
    public async Task What_needs_a_service_that_we_do_not_speak_to_says_so_in_both_languages()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        foreach (var (route, sentence) in NotOffered.Sentences)
        {
            var (method, path) = (new HttpMethod(route.Split(' ')[0]), Parameter().Replace(route.Split(' ')[1], "a"));
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            request.Headers.AcceptLanguage.ParseAdd("zh-CN");
            using var response = await server.Http.SendAsync(request);

            Assert.Equal(sentence.English, Text(JsonNode.Parse((await server.SendAsync(method, path, null, null)).Text)!, "msg"));
            Assert.Equal(sentence.Chinese, Text(JsonNode.Parse(await response.Content.ReadAsStringAsync())!, "msg"));
        }
    }

    /// <summary>Casdoor's router, route by route: documented-routes.txt beside the tests.</summary>
    [Fact]
    public async Task Every_documented_route_has_an_answer()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var routes = await File.ReadAllLinesAsync(Path.Combine(RepositoryFolder.Path, "tests", "Postern.Tests", "Casdoor", "Routes", "documented-routes.txt"), TestContext.Current.CancellationToken);
        var missing = new List<string>();
        foreach (var route in routes)
        {
            var (method, path) = (new HttpMethod(route.Split(' ')[0]), Colon().Replace(route.Split(' ')[1], "app-built-in"));
            var answer = await server.SendAsync(method, path, method == HttpMethod.Get ? null : new StringContent("{}", Encoding.UTF8, "application/json"));
            if (answer.Status == 405 || answer.Text.Contains("there is nothing at this address", StringComparison.Ordinal))
            {
                missing.Add(route);
            }
        }

        Assert.True(routes.Length > 300);
        Assert.Equal([], missing);
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\{[^}]+\}")]
    private static partial System.Text.RegularExpressions.Regex Parameter();

    [System.Text.RegularExpressions.GeneratedRegex(@":\w+|\*")]
    private static partial System.Text.RegularExpressions.Regex Colon();

    private static async Task<RowCaller> SignInAsync(Tenant tenant, string name) =>
        RowCaller.Bearer(tenant.Server, (await tenant.SignInAsync(tenant.Code(name), name))["access_token"]);

    private static List<string> Names(JsonNode? list, string property) => list!.AsArray().Select(o => Text(o!, property)).ToList();

    private static string Text(JsonNode node, string property) => node[property]!.GetValue<string>();
}
