using System.Net;
using System.Security.Cryptography;
using System.Text;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc7591;
using Postern.Tests.Rfc8628;
using Xunit;

namespace Postern.Tests.Hardening;

public sealed class HostedPageTests(Servers servers)
{
    private const string Script = "\"><script>alert(1)</script><b a='";
    private const string Sending = "document.forms[0].submit()";
    private const string BareScript = "<script>alert(1)</script>";

    [Fact]
    public async Task Every_page_forbids_scripts_frames_and_being_kept()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var nobody = new Visitor(server);
        var device = await Device.StartAsync(tenant);
        var signIn = await nobody.GetAsync("/login/" + tenant.Organization);
        Dictionary<string, Shown> pages = new()
        {
            ["sign in"] = await nobody.GetAsync("/login"),
            ["sign in of an organization"] = signIn,
            ["no such organization"] = await nobody.GetAsync("/login/nobody"),
            ["wrong password"] = await nobody.SubmitAsync(signIn, ("username", "alice"), ("password", "wrong")),
            ["signed in"] = await nobody.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password)),
            ["sign in for a client"] = await new Visitor(server).GetAsync(Visitor.Authorize(tenant.ClientId)),
            ["choose an account"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "select_account"))),
            ["consent"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "consent"))),
            ["form_post"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("response_mode", "form_post"))),
            ["unknown client"] = await alice.GetAsync(Visitor.Authorize("nobody")),
            ["unlisted address"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("redirect_uri", "https://evil.example/"))),
            ["device"] = await alice.GetAsync(Device.Page),
            ["device by address"] = await alice.GetAsync(Device.Page + "/" + device.UserCode),
            ["device confirm"] = await Device.TypeAsync(alice, device.UserCode),
            ["device unknown"] = await Device.TypeAsync(alice, "nonsense"),
            ["account"] = await alice.GetAsync("/account"),
            ["applications"] = await alice.GetAsync("/account/applications"),
            ["account of nobody"] = await new Visitor(server).GetAsync("/account"),
            ["sign out"] = await alice.GetAsync("/logout"),
            ["sign out of nobody"] = await new Visitor(server).GetAsync("/logout"),
            ["forged form"] = await alice.PostAsync("/logout", []),
            ["no page"] = await alice.GetAsync("/login/oauth/nothing/here"),
            ["no method"] = await alice.SendAsync(HttpMethod.Delete, "/login", null),
            ["a posted request that is none"] = await alice.SendAsync(HttpMethod.Post, "/login/oauth/authorize", new StringContent("{}")),
        };

        foreach (var (name, page) in pages)
        {
            Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);
            var policy = page.Headers["Content-Security-Policy"];
            foreach (var rule in new[] { "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'" })
            {
                Assert.True(policy.Contains(rule, StringComparison.Ordinal), $"{name}: {policy}");
            }

            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal(("nosniff", "no-store", "same-origin", "DENY"), (page.Headers["X-Content-Type-Options"], page.Headers["Cache-Control"], page.Headers["Referrer-Policy"], page.Headers["X-Frame-Options"]));
            var text = page.Text;
            if (name == "form_post")
            {
                // One script, and the policy allows this one alone.
                Assert.Contains("; script-src 'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Sending))) + "'", policy, StringComparison.Ordinal);
                text = text.Replace($"<script>{Sending}</script>", "", StringComparison.Ordinal);
            }
            else
            {
                Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
            }

            foreach (var forbidden in new[] { "<script", " style=", "javascript:", " onclick", "<iframe", "src=\"http", "src=\"//" })
            {
                Assert.False(text.Contains(forbidden, StringComparison.OrdinalIgnoreCase), $"{name}: {forbidden}");
            }
        }

        Assert.DoesNotContain(pages, p => p.Value.Status >= 500);
        Assert.Contains("form-action 'self' https://app.example;", pages["form_post"].Headers["Content-Security-Policy"], StringComparison.Ordinal);
        var redirect = await alice.GetAsync(Visitor.Authorize(tenant.ClientId));
        Assert.Equal((302, "no-store", "no-referrer"), (redirect.Status, redirect.Headers["Cache-Control"], redirect.Headers["Referrer-Policy"]));
    }

    [Theory]
    [InlineData("https://postern.test", true)]
    [InlineData("http://postern.test", false)]
    public async Task Cookies_are_for_our_pages_alone(string origin, bool isSecure)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { Origin = origin, OriginFrontend = origin });
        var tenant = await TenantAsync(server);
        using var alice = new Visitor(server);

        var signIn = await alice.GetAsync("/login/" + tenant.Organization);
        await alice.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password), ("remember", "on"));
        await alice.LoginAsync(tenant, "alice", PasswordUsers.Password);
        await alice.SubmitAsync(await alice.GetAsync("/logout"));

        Assert.Equal(["postern_form", "postern_session", "postern_session", "postern_session"], alice.SetCookies.Select(c => c.Split('=')[0]));
        Assert.All(alice.SetCookies, cookie =>
        {
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        });
        Assert.DoesNotContain("postern_session", alice.Cookies.Keys);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_session_that_was_planted_before_the_sign_in_opens_nothing_after_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await TenantAsync(server);
        await tenant.AddUserAsync("mallory");
        using var mallory = await Visitor.SignedInAsync(tenant, "mallory");
        var planted = mallory.Cookies["postern_session"];
        using var alice = new Visitor(server);
        foreach (var value in new[] { planted, "made-up" })
        {
            alice.Cookies["postern_session"] = value;
            var signIn = await alice.GetAsync("/login/" + tenant.Organization);
            await alice.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password));

            Assert.NotEqual(value, alice.Cookies["postern_session"]);
            Assert.DoesNotContain("<strong>alice</strong>", (await mallory.GetAsync("/account")).Text, StringComparison.Ordinal);
        }

        Assert.Contains("<strong>alice</strong>", (await alice.GetAsync("/account")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_from_outside_never_becomes_markup()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await TenantAsync(server, $$"""custom_scopes = '[{"scope":"asked","displayName":"{{BareScript}}","description":"{{BareScript}}"}]', display_name = '{{BareScript}}'""");
        await server.ExecuteAsync("update applications set body = @body where client_id = @ClientId", new { body = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["title"] = Script, ["logo"] = Script }), tenant.ClientId });
        await server.ExecuteAsync("update users set display_name = @Script, email = @Script, phone = @Script where owner = @Organization", new { Script, tenant.Organization });
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var nobody = new Visitor(server);
        var device = await Device.StartAsync(tenant, BareScript);
        var escaped = Uri.EscapeDataString(Script);
        var signIn = await nobody.GetAsync("/login/" + tenant.Organization);
        await SignInToOneThatCallsItselfSoAsync(tenant, alice);
        Dictionary<string, Shown> pages = new()
        {
            ["login_hint"] = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId, ("login_hint", Script))),
            ["ui_locales"] = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId, ("ui_locales", Script))),
            ["state on the sign-in page"] = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId, ("state", Script))),
            ["state by form_post"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("state", Script), ("response_mode", "form_post"))),
            ["scope"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("scope", BareScript + " asked"), ("prompt", "consent"))),
            ["choose"] = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "select_account"))),
            ["client_id"] = await nobody.GetAsync(Visitor.Authorize(Script)),
            ["redirect_uri"] = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId, ("redirect_uri", Script))),
            ["request_uri"] = await nobody.GetAsync(Visitor.Authorize(tenant.ClientId, ("request_uri", Script))),
            ["typed name"] = await nobody.SubmitAsync(signIn, ("username", Script), ("password", "x"), ("ui_locales", Script), ("return", Script)),
            ["organization"] = await nobody.GetAsync("/login/" + escaped),
            ["device code"] = await alice.GetAsync(Device.Page + "/" + Uri.EscapeDataString("\"><script>")),
            ["device typed"] = await Device.TypeAsync(alice, "\"><script>"),
            ["device confirm"] = await Device.TypeAsync(alice, device.UserCode),
            ["account"] = await alice.GetAsync("/account"),
            ["applications"] = await alice.GetAsync("/account/applications"),
            ["sign out"] = await alice.GetAsync($"/logout?client_id={escaped}&state={escaped}&post_logout_redirect_uri={escaped}&ui_locales={escaped}"),
            ["signed out"] = await nobody.GetAsync($"/logout?client_id={tenant.ClientId}&state={escaped}&post_logout_redirect_uri={Uri.EscapeDataString(Visitor.RedirectUri)}"),
            ["error page"] = await nobody.GetAsync("/login/oauth/authorize?ui_locales=" + escaped),
            ["no page"] = await nobody.GetAsync("/account/" + escaped),
        };

        foreach (var (name, page) in pages)
        {
            var text = page.Text.Replace($"<script>{Sending}</script>", "", StringComparison.Ordinal);
            Assert.False(text.Contains("<script", StringComparison.OrdinalIgnoreCase) || page.Text.Contains("<b a=", StringComparison.Ordinal), $"{name}: {page.Text}");
        }

        // It is there, as text.
        Assert.Contains($"value=\"{WebUtility.HtmlEncode(Script).Replace("&#39;", "&#x27;", StringComparison.Ordinal)}\"", pages["login_hint"].Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", pages["scope"].Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", pages["account"].Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", pages["applications"].Text, StringComparison.Ordinal);
    }

    /// <summary>A client that calls itself so, with a sign-in of the user at it.</summary>
    private static async Task SignInToOneThatCallsItselfSoAsync(Tenant tenant, Visitor visitor)
    {
        await tenant.Server.ExecuteAsync("update organizations set dcr_policy = 'open' where name = @Organization", new { tenant.Organization });
        var client = tenant.As(await Registered.RegisterAsync(tenant, ("client_name", Script)));
        var consent = await visitor.GetAsync(Visitor.Authorize(client.ClientId));
        Assert.DoesNotContain("<script", consent.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, (await Registered.SignInAsync(client, visitor)).Status);
    }

    private static async Task<Tenant> TenantAsync(TestServer server, string columns = "")
    {
        var tenant = await Device.NewTenantAsync(server, columns);
        await tenant.AddUserAsync("alice");
        return tenant;
    }
}
