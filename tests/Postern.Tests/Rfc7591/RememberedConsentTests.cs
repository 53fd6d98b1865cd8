using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Postern.Storage.Databases;
using Postern.Storage.Tables;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc7591;

/// <summary>What a user allowed a client that registered itself: for which client, for what, and until when (docs/decisions/0018).</summary>
public sealed class RememberedConsentTests(Servers servers)
{
    private const string Other = "https://other.example/callback";
    private static readonly (string, string) Silent = ("prompt", "none");

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_was_allowed_is_not_asked_again_and_more_is(DatabaseDriver driver)
    {
        var (tenant, client) = await ClientAsync(await servers.OnAsync(driver));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        Assert.Equal("consent_required", await SilentAsync(alice, client));

        var tokens = await Registered.SignInAsync(client, alice);

        Assert.Equal("code", await SilentAsync(alice, client));
        Assert.Equal("code", await SilentAsync(alice, client, ("scope", "openid")));
        Assert.Equal("code", await SilentAsync(alice, client, ("id_token_hint", tokens["id_token"]!)));
        Assert.NotNull((await alice.GetAsync(Visitor.Authorize(client.ClientId))).Sent("code"));
        foreach (var more in new[] { ("scope", "openid email"), ("scope", "openid offline_access"), ("resource", "https://api.example/") })
        {
            Assert.Equal("consent_required", await SilentAsync(alice, client, more));
        }

        await Registered.SignInAsync(client, alice, ("scope", "openid email"));
        Assert.Equal("code", await SilentAsync(alice, client, ("scope", "openid email profile")));
        var asked = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("prompt", "consent")));
        Assert.Equal("/login/oauth/consent", Visitor.ActionOf(asked));
        var page = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("resource", "https://api.example/"), ("scope", "email")));
        Assert.Contains("Use this access at https://api.example/", page.Text, StringComparison.Ordinal);
        await alice.SubmitAsync(page, ("decision", "allow"));
        Assert.Equal("code", await SilentAsync(alice, client, ("resource", "https://api.example/")));
        Assert.Equal("consent_required", await SilentAsync(alice, client, ("resource", "https://api2.example/")));
    }

    [Fact]
    public async Task It_is_one_users_for_one_client()
    {
        var (tenant, client) = await ClientAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var twin = tenant.As(await Registered.RegisterAsync(tenant));
        await tenant.AddUserAsync("bob");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var bob = await Visitor.SignedInAsync(tenant, "bob");
        await Registered.SignInAsync(client, alice);

        Assert.Equal("consent_required", await SilentAsync(bob, client));
        Assert.Equal("consent_required", await SilentAsync(alice, twin));
        using var nobody = new Visitor(tenant.Server);
        Assert.Equal("login_required", await SilentAsync(nobody, client));
    }

    [Theory]
    [InlineData("http://127.0.0.1:7777/cb", "none", false)]
    [InlineData("http://localhost:7777/cb", "none", false)]
    [InlineData("https://localhost:7777/cb", "none", false)]
    [InlineData("com.example.tool:/cb", "none", false)]
    [InlineData("com.example.tool:/cb", "client_secret_basic", true)]
    [InlineData("https://tool.example/cb", "none", true)]
    public async Task It_is_remembered_where_no_other_program_can_take_the_answer(string address, string method, bool isRemembered)
    {
        var (tenant, client) = await ClientAsync(
            await servers.OnAsync(DatabaseDriver.Sqlite), ("redirect_uris", new JsonArray(address)), ("token_endpoint_auth_method", method));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        Assert.NotEqual("", Registered.CodeOf(await alice.SubmitAsync(await alice.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", address))), ("decision", "allow"))));

        Assert.Equal(isRemembered ? "code" : "consent_required", await SilentAsync(alice, client, ("redirect_uri", address)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task It_is_for_the_origin_that_the_page_named(DatabaseDriver driver)
    {
        var (tenant, client) = await ClientAsync(await servers.OnAsync(driver), ("redirect_uris", new JsonArray(Visitor.RedirectUri, Other)));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await alice.SubmitAsync(await alice.GetAsync(Visitor.Authorize(client.ClientId)), ("decision", "allow"));

        Assert.Equal("consent_required", await SilentAsync(alice, client, ("redirect_uri", Other)));
        await alice.SubmitAsync(await alice.GetAsync(Visitor.Authorize(client.ClientId, ("redirect_uri", Other))), ("decision", "allow"));

        Assert.Equal(("code", "code"), (await SilentAsync(alice, client, ("redirect_uri", Other)), await SilentAsync(alice, client)));
        var list = await alice.GetAsync("/account/applications");
        Assert.Contains("app.example", list.Text, StringComparison.Ordinal);
        Assert.Contains("other.example", list.Text, StringComparison.Ordinal);
    }

    public static TheoryData<DatabaseDriver, string> Changes { get; } = new(
        from driver in new[] { DatabaseDriver.Sqlite, DatabaseDriver.Postgres }
        from change in new[] { "registered name", "registered address", "displayName", "redirectUris", "name", "statement" }
        select (driver, change));

    [Theory, MemberData(nameof(Changes))]
    public async Task Another_name_or_address_ends_it_however_it_is_changed(DatabaseDriver driver, string change)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, client, registration) = await RegisteredAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var administrator = await Administrator.OfAsync(server);
        await Registered.SignInAsync(client, alice);
        // The same again is no change.
        await PutAsync(server, registration);
        Assert.Equal("code", await SilentAsync(alice, client));
        var name = await server.ScalarAsync<string>("select name from applications where client_id = @ClientId", new { client.ClientId });

        switch (change)
        {
            case "registered name":
                await PutAsync(server, registration, ("client_name", "Your bank"));
                break;
            case "registered address":
                await PutAsync(server, registration, ("redirect_uris", new JsonArray(Visitor.RedirectUri, Other)));
                break;
            case "statement":
                await server.ExecuteAsync("update applications set display_name = 'Your bank' where client_id = @ClientId", new { client.ClientId });
                break;
            default:
                JsonNode value = change == "redirectUris" ? new JsonArray(Visitor.RedirectUri, Other) : "bank-" + name;
                Assert.Equal("Affected", await administrator.WriteAsync("/api/update-application?id=admin/" + name, new JsonObject { [change] = value }));
                break;
        }

        Assert.Equal("consent_required", await SilentAsync(alice, client));
        if (change != "statement")
        {
            Assert.Equal(0, await server.ScalarAsync<long>(
                "select count(*) from consents c join applications a on a.id = c.application_id where a.client_id = @ClientId", new { client.ClientId }));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_page_of_before_a_change_is_shown_again_as_the_client_is_now(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, client, registration) = await RegisteredAsync(server, ("scope", (JsonNode)"openid email"));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var page = await alice.GetAsync(Visitor.Authorize(client.ClientId, ("scope", "openid mail.*|email")));
        await PutAsync(server, registration, ("client_name", "Your bank"), ("scope", "openid email mailbox"));

        var again = await alice.SubmitAsync(page, ("decision", "allow"));

        Assert.Equal("", Registered.CodeOf(again));
        Assert.Contains("Your bank", again.Text, StringComparison.Ordinal);
        Assert.Contains("mailbox", again.Text, StringComparison.Ordinal);
        Assert.Equal("consent_required", await SilentAsync(alice, client));
        Assert.NotEqual("", Registered.CodeOf(await alice.SubmitAsync(again, ("decision", "allow"))));
        Assert.Equal("code", await SilentAsync(alice, client, ("scope", "openid mailbox")));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_change_at_the_same_instant_on_another_node_leaves_no_consent_to_what_was_not_seen(DatabaseDriver driver)
    {
        await using var first = await TestServer.StartAsync(driver);
        await using var node = driver == DatabaseDriver.Postgres ? await first.StartNodeAsync() : null;
        var second = node ?? first;
        for (var round = 0; round < 8; round++)
        {
            var (tenant, client, registration) = await RegisteredAsync(first);
            using var alice = await Visitor.SignedInAsync(tenant, "alice");
            var page = await alice.GetAsync(Visitor.Authorize(client.ClientId));

            await Task.WhenAll(
                Task.Run(() => alice.SubmitAsync(page, ("decision", "allow"))),
                Task.Run(() => PutAsync(second, registration, ("client_name", "Your bank"))));

            Assert.Equal("consent_required", await SilentAsync(alice, client));
        }
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_account_page_shows_it_in_words_and_takes_it_back(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, client) = await ClientAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        // Allowed, and its code was never fetched: there is no grant.
        await alice.SubmitAsync(await alice.GetAsync(Visitor.Authorize(client.ClientId, ("scope", "openid email"))), ("decision", "allow"));

        var list = await alice.GetAsync("/account/applications");

        foreach (var words in new[] { "A tool", "not verified", "app.example", "not signed in", "Know who you are", "See your e-mail address" })
        {
            Assert.Contains(words, list.Text, StringComparison.Ordinal);
        }

        await alice.SubmitAsync(list);
        Assert.DoesNotContain("A tool", (await alice.GetAsync("/account/applications")).Text, StringComparison.Ordinal);
        Assert.Equal("consent_required", await SilentAsync(alice, client, ("scope", "openid email")));
        var actions = await tenant.ActionsAsync();
        Assert.Contains("grant-consent", actions);
        Assert.Contains("revoke-application", actions);

        var tokens = await Registered.SignInAsync(client, alice);
        list = await alice.GetAsync("/account/applications");
        Assert.DoesNotContain("not signed in", list.Text, StringComparison.Ordinal);
        await alice.SubmitAsync(list);
        Assert.Equal((false, "consent_required"), (await server.IsGoodAsync(tokens["access_token"]), await SilentAsync(alice, client)));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_is_taken_back_while_it_is_used_gives_no_code_and_does_not_come_back(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, client) = await ClientAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await Registered.SignInAsync(client, alice, ("scope", "openid email"));
        var read = (await server.Database.ReadAsync(c => c.QueryAsync<Consent>(
            "select c.* from consents c join applications a on a.id = c.application_id where a.client_id = @ClientId", new { client.ClientId }))).Single();
        await alice.SubmitAsync(await alice.GetAsync("/account/applications"));

        // As a node that read it before it was taken back.
        Assert.False(await server.Database.WriteAsync(async (c, t) => Written.Commit(await Consents.IsAsReadAsync(c, read, t))));
        await server.Database.WriteAsync(async (c, t) =>
        {
            await Consents.PutAsync(c, read with { Scope = "openid phone" }, read, t);
            return Written.Commit(0);
        });

        Assert.Equal(("code", "consent_required"), (await SilentAsync(alice, client, ("scope", "openid phone")), await SilentAsync(alice, client, ("scope", "email"))));
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task The_oldest_is_forgotten_when_a_user_has_too_many(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, client) = await ClientAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var id = await server.ScalarAsync<string>("select id from users where owner = @Organization and name = 'alice'", new { tenant.Organization });
        for (var i = 0; i < Consents.MostPerUser; i++)
        {
            await server.ExecuteAsync("insert into consents (user_id, application_id, origin, scope, created_time) values (@id, 'some', @origin, 'openid', @i)", new { id, i, origin = "o" + i });
        }

        await Registered.SignInAsync(client, alice);

        Assert.Equal("code", await SilentAsync(alice, client));
        Assert.Equal((Consents.MostPerUser, 1L), (
            await server.ScalarAsync<long>("select count(*) from consents where user_id = @id", new { id }),
            await server.ScalarAsync<long>("select min(created_time) from consents where user_id = @id", new { id })));
    }

    [Fact]
    public async Task A_page_of_the_clients_own_gets_no_code_for_it()
    {
        var (tenant, client) = await ClientAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        await Registered.SignInAsync(client, alice);
        var query = Visitor.Authorize(client.ClientId);

        var answer = await alice.SendAsync(
            HttpMethod.Post, $"/api/login?clientId={client.ClientId}&responseType=code&redirectUri={Uri.EscapeDataString(Visitor.RedirectUri)}&" + query[(query.IndexOf('?', StringComparison.Ordinal) + 1)..],
            new StringContent("""{"type":"code"}""", Encoding.UTF8, "application/json"));

        Assert.Contains("\"required\":true", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_and_terms_are_text_links_that_show_their_host_and_the_logo_is_not_there()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var (tenant, client) = await ClientAsync(
            server, ("policy_uri", "https://tool.example/p?a=1&b=\"><script>"), ("tos_uri", "https://xn--bcher-kva.example:8443/terms"), ("logo_uri", "https://tool.example/logo.png"));
        var plain = tenant.As(await Registered.RegisterAsync(tenant, ("policy_uri", "http://tool.example/p"), ("tos_uri", "https://bank.example@tool.example/")));
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var page = (await alice.GetAsync(Visitor.Authorize(client.ClientId))).Text;
        var without = (await alice.GetAsync(Visitor.Authorize(plain.ClientId))).Text;

        Assert.Contains("""rel="noopener noreferrer nofollow">Privacy policy (tool.example)</a>""", page, StringComparison.Ordinal);
        Assert.Contains("Terms of service (xn--bcher-kva.example:8443)</a>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"noopener", without, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Consents_of_a_database_of_before_stay_until_their_client_changes(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver, prepare: database => database.UnderStartLockAsync(async (connection, transaction) =>
        {
            await Migrations.ApplyAsync(database, connection, transaction, TimeProvider.System, last: 29);
            await connection.ExecuteAsync(
                "insert into consents (user_id, application_id, scope, created_time) values ('carol', 'gone', 'openid', 1)", transaction: transaction);
        }));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from consents"));
        using var flow = await CodeFlow.StartAsync(server, """custom_scopes = '[{"scope":"orders"}]'""");
        await flow.ExecuteAsync(
            "insert into consents (user_id, application_id, scope, created_time) select @UserId, id, 'orders', 1 from applications where client_id = @ClientId");
        using var administrator = await Administrator.OfAsync(server);

        Assert.NotNull((await flow.AuthorizeAsync(("scope", "openid orders")))["code"]);
        Assert.Equal("Affected", await administrator.WriteAsync(
            "/api/update-application?id=admin/" + flow.Tenant.Application, new JsonObject { ["displayName"] = "Another shop" }));

        Assert.Equal("/login/oauth/consent", (await flow.AuthorizeAsync(("scope", "openid orders"))).Forms.Single().Action);
    }

    private static async Task<(Tenant Tenant, Tenant Client)> ClientAsync(TestServer server, params (string Name, JsonNode? Value)[] metadata)
    {
        var (tenant, client, _) = await RegisteredAsync(server, metadata);
        return (tenant, client);
    }

    private static async Task<(Tenant Tenant, Tenant Client, Answer Registration)> RegisteredAsync(TestServer server, params (string Name, JsonNode? Value)[] metadata)
    {
        var tenant = await Registered.NewTenantAsync(server);
        var registration = await Registered.RegisterAsync(tenant, metadata);
        return (tenant, tenant.As(registration), registration);
    }

    /// <summary>What a silent request is answered: "code", or the error.</summary>
    private static async Task<string?> SilentAsync(Visitor visitor, Tenant client, params (string, string)[] more)
    {
        // In a frame the error goes to the client as well.
        var shown = await visitor.GetAsync(Visitor.Authorize(client.ClientId, [Silent, .. more]), ("Sec-Fetch-Dest", "iframe"));
        return shown.Location.Contains("code=", StringComparison.Ordinal) ? "code" : shown.Sent("error");
    }

    private static async Task PutAsync(TestServer server, Answer registration, params (string Name, JsonNode? Value)[] metadata)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Registered.Path}/{registration["client_id"]}")
        {
            Content = new StringContent(Registered.Metadata(metadata).ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", registration["registration_access_token"]);
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }
}
