using System.Text;
using System.Text.Json.Nodes;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Xunit;

namespace Postern.Tests.Hardening;

public sealed class ProviderAttackTests(Servers servers)
{
    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("\\\\evil.example")]
    [InlineData("/login/oauth/authorize?x\r\nLocation: https://evil.example")]
    [InlineData("/login/oauth/authorize.evil.example/?x")]
    [InlineData("/login/oauth/device@evil.example")]
    [InlineData("/login/oauth/device/\\..\\..")]
    [InlineData("javascript:alert(1)")]
    [InlineData(" https://evil.example/")]
    [InlineData("/api/logout")]
    [InlineData("")]
    public async Task A_sign_in_goes_on_to_our_own_pages_alone(string target)
    {
        var tenant = await TenantAsync();
        using var alice = new Visitor(tenant.Server);

        var goOn = await alice.SubmitAsync(await alice.GetAsync("/login/" + tenant.Organization), ("username", "alice"), ("password", PasswordUsers.Password), ("return", target));

        Assert.Equal(200, goOn.Status);
        Assert.Contains("href=\"/account\"", goOn.Text, StringComparison.Ordinal);
        Assert.Contains("content=\"0; url=/account\"", goOn.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", goOn.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_out_browser_is_sent_to_listed_addresses_alone()
    {
        var tenant = await TenantAsync();
        using var nobody = new Visitor(tenant.Server);

        foreach (var (target, isListed) in new[] { (Visitor.RedirectUri, true), ("https://evil.example/", false), (Visitor.RedirectUri + "/more", false), (Visitor.RedirectUri + "?x=1", false), ("//evil.example", false), ("javascript:alert(1)", false) })
        {
            var page = await nobody.GetAsync($"/logout?client_id={tenant.ClientId}&post_logout_redirect_uri={Uri.EscapeDataString(target)}&state=s");
            Assert.Equal(isListed, page.Text.Contains("http-equiv=\"refresh\"", StringComparison.Ordinal));
            Assert.DoesNotContain("evil.example", page.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("state")]
    [InlineData("redirect_uri")]
    [InlineData("ui_locales")]
    [InlineData("login_hint")]
    [InlineData("scope")]
    [InlineData("nonce")]
    [InlineData("response_mode")]
    public async Task Line_ends_in_a_parameter_make_no_header(string parameter)
    {
        const string injected = "x\r\nX-Injected: yes\r\nSet-Cookie: injected=yes\r\n\r\n<h1>";
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var nobody = new Visitor(tenant.Server);
        var value = parameter == "redirect_uri" ? Visitor.RedirectUri + injected : injected;

        foreach (var visitor in new[] { alice, nobody })
        {
            foreach (var more in new[] { ("prompt", "none"), ("prompt", "consent"), ("prompt", "") })
            {
                var answer = await visitor.GetAsync(Visitor.Authorize(tenant.ClientId, (parameter, value), more));
                AssertClean(answer);
            }

            AssertClean(await visitor.PostAsync("/login/oauth/authorize", [("client_id", tenant.ClientId), (parameter, value)]));
            AssertClean(await visitor.GetAsync("/logout?state=" + Uri.EscapeDataString(injected)));
            AssertClean(await visitor.GetAsync("/api/logout?state=" + Uri.EscapeDataString(injected), ("Accept", "text/html")));
        }

        static void AssertClean(Shown answer)
        {
            Assert.True(answer.Status is 200 or 302 or 303 or 400, answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.DoesNotContain("X-Injected", answer.Headers.Keys);
            Assert.DoesNotContain("injected=yes", answer.Headers.GetValueOrDefault("Set-Cookie") ?? "", StringComparison.Ordinal);
            Assert.DoesNotContain("<h1>\"", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/api/login/oauth/access_token")]
    [InlineData("/api/login/oauth/refresh_token")]
    [InlineData("/api/login/oauth/par")]
    [InlineData("/api/login/oauth/revoke")]
    [InlineData("/api/login/oauth/introspect")]
    [InlineData("/api/device-auth")]
    public async Task A_repeated_parameter_is_refused_whatever_it_says(string path)
    {
        var tenant = await TenantAsync();
        (string, string)[] form = [("client_id", tenant.ClientId), ("client_secret", tenant.ClientSecret), ("grant_type", "client_credentials"), ("token", "x")];

        foreach (var again in new[] { ("client_id", "nobody"), ("client_id", tenant.ClientId), ("scope", "b"), ("unheard_of", "x") })
        {
            var answer = await tenant.Server.PostFormAsync(path, [.. form, again, again]);
            Assert.Equal((400, "invalid_request"), (answer.Status, answer["error"]));
            var byQuery = await tenant.Server.PostFormAsync($"{path}?{again.Item1}=a&{again.Item1}=b", form);
            Assert.Equal((400, "invalid_request"), (byQuery.Status, byQuery["error"]));
        }
    }

    [Fact]
    public async Task A_repeated_parameter_that_says_who_is_answered_is_answered_to_nobody()
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        foreach (var again in new[] { "redirect_uri=https%3A%2F%2Fevil.example%2F", "client_id=nobody" })
        {
            var answer = await alice.GetAsync(Visitor.Authorize(tenant.ClientId) + "&" + again);
            Assert.Equal((400, ""), (answer.Status, answer.Location));
        }

        Assert.Equal(0, await tenant.Server.ScalarAsync<long>("select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_code_of_one_client_is_worth_nothing_to_another_and_stays_good_for_its_own(DatabaseDriver driver)
    {
        var tenant = await TenantAsync(driver);
        var other = await TenantAsync(driver);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var shown = await alice.GetAsync(Visitor.Authorize(tenant.ClientId));
        var code = shown.Sent("code")!;
        // A client of several servers sees whose answer it is.
        Assert.Equal(tenant.Server.Issuer, shown.Sent("iss"));

        foreach (var form in new (string, string)[][]
        {
            [("client_id", other.ClientId)],
            [("client_id", other.ClientId), ("client_secret", other.ClientSecret)],
        })
        {
            Assert.Equal("invalid_grant", await other.RefusalAsync([("grant_type", "authorization_code"), ("code", code), ("code_verifier", Visitor.Verifier), .. form]));
        }

        Assert.Equal("invalid_client", await tenant.RefusalAsync(("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("client_secret", other.ClientSecret), ("code", code), ("code_verifier", Visitor.Verifier)));
        // Somebody else's code in one's own flow: the verifier is of another challenge.
        Assert.Equal("invalid_grant", await tenant.RefusalAsync(("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier + "x")));
        Assert.Equal("", await tenant.RefusalAsync(("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", code), ("code_verifier", Visitor.Verifier)));
    }

    [Fact]
    public async Task A_hint_that_nobody_signed_says_nothing()
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var tokens = await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", await alice.CodeAsync(tenant)), ("code_verifier", Visitor.Verifier));
        var claims = JsonNode.Parse(tokens.Claims("id_token").GetRawText())!.AsObject();
        var pem = await tenant.Server.ScalarAsync<string>("select certificate from certs where name = 'cert-built-in'");
        string[] forged =
        [
            ClientKey.Unsigned(new JsonObject { ["alg"] = "none" }, claims),
            ClientKey.Unsigned(new JsonObject { ["alg"] = "none", ["kid"] = "cert-built-in" }, claims),
            ClientKey.Mac(new JsonObject { ["alg"] = "HS256", ["kid"] = "cert-built-in" }, claims, Encoding.ASCII.GetBytes(pem!)),
            tokens["id_token"]![..^10] + "AAAAAAAAAA",
        ];

        foreach (var hint in forged)
        {
            Assert.Equal("login_required", (await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "none"), ("id_token_hint", hint)))).Sent("error"));
            Assert.Contains("\"error\"", (await alice.GetAsync("/api/logout?id_token_hint=" + hint)).Text, StringComparison.Ordinal);
        }

        Assert.True(await tenant.Server.IsGoodAsync(tokens["access_token"]));
        Assert.NotNull((await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "none"), ("id_token_hint", tokens["id_token"]!)))).Sent("code"));
    }

    [Fact]
    public async Task Oversized_and_deeply_nested_bodies_are_refused()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Registered.NewTenantAsync(server);
        var register = $"{Registered.Path}?organization={tenant.Organization}";
        string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

        foreach (var (body, status) in new[]
        {
            ("{\"client_name\":\"" + new string('x', 70_000) + "\"}", 413), (Nested(20), 400), (Nested(10_000), 400), (new string('[', 60_000), 400),
            ("""{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}""", 400), ("[]", 400), ("null", 400), ("", 400), ("\"\\ud800\"", 400),
            ("""{"redirect_uris":["https://a.example/"],"client_name":"\ud800"}""", 400), ("""{"redirect_uris":["https://a.example/"],"client_name":"a\u0000"}""", 400), ("\u0000", 400),
        })
        {
            Assert.Equal(status, (await server.PostJsonAsync(register, body)).Status);
        }

        foreach (var body in new[] { Nested(100), Nested(100_000), new string('[', 1_000_000), "{\"type\":\"login\",\"username\":\"" + new string('x', 5_000_000) + "\"}", """{"type":"login","type":"code"}""" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await server.Http.PostAsync(new Uri("/api/login", UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode is 200 or 413 && text.Contains("\"error\"", StringComparison.Ordinal), $"{(int)response.StatusCode} {text}");
        }

        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from applications where is_self_registered and organization = @Organization", new { tenant.Organization }));
        Assert.Equal(201, (await Registered.RegisterAsync(tenant, Registered.Metadata())).Status);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/login/oauth/authorize")]
    [InlineData("/login/oauth/consent")]
    [InlineData("/login/oauth/device")]
    [InlineData("/logout")]
    [InlineData("/account/applications")]
    [InlineData("/api/logout")]
    public async Task A_form_that_cannot_be_read_is_refused_and_is_no_failure_of_ours(string path)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        HttpContent Of(string body, string type)
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return content;
        }

        foreach (var content in new[]
        {
            Of(string.Join('&', Enumerable.Range(0, 3000).Select(i => $"f{i}=x")), "application/x-www-form-urlencoded"),
            Of(new string('k', 5000) + "=x", "application/x-www-form-urlencoded"),
            Of("a=b", "multipart/form-data"),
            Of("a=b", "multipart/form-data; boundary=" + new string('b', 300)),
            Of("--b\r\nnonsense", "multipart/form-data; boundary=b"),
            Of("a=%00&form_token=%00&code=%00&client_id=%00&request=%00", "application/x-www-form-urlencoded"),
            Of("a=b", "application/x-www-form-urlencoded; charset=utf-7"),
        })
        {
            var answer = await alice.SendAsync(HttpMethod.Post, path, content, ("Sec-Fetch-Site", "cross-site"));
            Assert.True(answer.Status is 200 or 303 or 400 or 413, $"{content.Headers.ContentType}: {answer.Status} {answer.Text}");
        }

        Assert.Contains("<strong>alice</strong>", (await alice.GetAsync("/account")).Text, StringComparison.Ordinal);
    }

    private async Task<Tenant> TenantAsync(DatabaseDriver driver = DatabaseDriver.Sqlite)
    {
        var tenant = await (await servers.OnAsync(driver)).NewWebTenantAsync("client_credentials");
        await tenant.AddUserAsync("alice");
        return tenant;
    }
}
