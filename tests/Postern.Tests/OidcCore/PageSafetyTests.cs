using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.OidcCore;

/// <summary>What the hosted pages let a browser do, and what a foreign page cannot make it do.</summary>
public sealed class PageSafetyTests(Servers servers)
{
    [Fact]
    public async Task A_form_post_page_names_its_targets_origin_and_has_a_button_for_who_runs_no_script()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));

        var page = await flow.AuthorizeAsync(("response_mode", "form_post"));

        var form = page.Forms.Single();
        Assert.Equal((200, null, CodeFlow.RedirectUri), (page.Status, page.LeadsTo, form.Action));
        Assert.Contains("form-action 'self' https://shop.example;", page.Policy, StringComparison.Ordinal);
        Assert.Contains("<button>", form.Text, StringComparison.Ordinal);
        Assert.Contains("<script>document.forms[0].submit()</script>", page.Text, StringComparison.Ordinal);
        Assert.Equal(["code", "state", "iss"], form.Fields.Select(f => f.Name));
        Assert.Equal(200, (await flow.RedeemAsync(form["code"]!)).Status);
    }

    [Fact]
    public async Task No_browser_is_sent_to_a_client_that_registered_itself_before_its_user_decides()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite), "is_self_registered = true");

        var page = await flow.Browser.OpenAsync(flow.Address(("response_mode", "form_post"), ("prompt", "none")));

        Assert.Equal((200, "login_required"), (page.Status, page.Forms.Single()["error"]));
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", page.Policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_forbids_scripts_frames_foreign_forms_and_being_kept()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        List<Visit> pages = [await flow.Browser.OpenAsync(flow.Address()), await flow.Browser.OpenAsync("/login/oauth/authorize")];
        await flow.CodeAsync();
        pages.Add(await flow.Browser.OpenAsync(flow.Address(("prompt", "consent"))));
        foreach (var path in new[] { "/account", "/account/applications", "/logout", "/login/oauth/device" })
        {
            pages.Add(await flow.Browser.OpenAsync(path));
        }

        Assert.All(pages, page =>
        {
            Assert.Equal("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", page.Policy);
            Assert.Equal(("DENY", "nosniff", "same-origin"), (Header(page, "X-Frame-Options"), Header(page, "X-Content-Type-Options"), Header(page, "Referrer-Policy")));
            Assert.True(page.Headers.CacheControl!.NoStore);
        });
    }

    [Fact]
    public async Task The_session_cookie_is_new_at_each_sign_in_and_the_old_one_opens_nothing()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        flow.Browser.Plant("postern_session", "planted-by-somebody-else-0123456789-0123456789");
        var page = await flow.Browser.OpenAsync(flow.Address());
        await flow.SignInAsync(page);
        var first = flow.Browser["postern_session"]!;
        await flow.SignInAsync(await flow.Browser.OpenAsync(flow.Address(("prompt", "login"))));
        var second = flow.Browser["postern_session"]!;

        Assert.Equal(3, new[] { "planted-by-somebody-else-0123456789-0123456789", first, second }.Distinct().Count());
        foreach (var (value, status) in new[] { ("planted-by-somebody-else-0123456789-0123456789", "error"), (first, "error"), (second, "ok") })
        {
            Assert.Equal(status, (await flow.Client.SendAsync(HttpMethod.Get, "/api/get-account", null, null, ("Cookie", "postern_session=" + value)))["status"]);
        }
    }

    [Theory]
    [InlineData(true, "https")]
    [InlineData(false, "http")]
    public async Task Cookies_are_for_this_site_not_for_scripts_and_for_https_where_the_origin_is(bool isSecure, string scheme)
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, o => o with { Origin = scheme + "://postern.test", OriginFrontend = scheme + "://postern.test" });
        using var flow = await CodeFlow.StartAsync(server);

        var login = await flow.Client.PostJsonAsync("/api/login",
            $$"""{"type":"login","application":"{{flow.Tenant.Application}}","username":"ann","password":"{{CodeFlow.Password}}"}""");
        var page = await flow.Client.GetAsync(flow.Address());

        foreach (var cookie in new[] { login, page }.Select(a => a.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant()))
        {
            Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
            Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
            Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_sign_in_form_is_taken_only_from_the_browser_that_was_given_it()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        using var other = new Browser(flow.Tenant.Server);
        var (mine, theirs) = (await flow.Browser.OpenAsync(flow.Address()), await other.OpenAsync(flow.Address()));
        (string, string)[] filled = [("username", "ann"), ("password", CodeFlow.Password)];

        List<Visit> refused =
        [
            await flow.Browser.SubmitAsync(mine, [.. filled, ("form_token", "")]),
            await flow.Browser.SubmitAsync(mine, [.. filled, ("form_token", theirs.Forms[0]["form_token"]!)]),
            await flow.Browser.PostAsync("/login", [.. mine.Forms[0].Fields, .. filled], ("Origin", "https://evil.example")),
            await flow.Browser.PostAsync("/login", [.. mine.Forms[0].Fields, .. filled], ("Sec-Fetch-Site", "cross-site")),
        ];

        Assert.All(refused, page => Assert.Equal((400, null), (page.Status, page.LeadsTo)));
        Assert.Null(flow.Browser["postern_session"]);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/login/oauth/consent")]
    [InlineData("/login/oauth/device")]
    [InlineData("/account/applications")]
    [InlineData("/logout")]
    public async Task No_form_is_taken_as_plain_text_or_as_parts_which_any_page_can_send(string path)
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        var tokens = await flow.TokensAsync();
        var form = (await flow.Browser.OpenAsync("/logout")).Forms.Single();
        var cookies = $"postern_session={flow.Browser["postern_session"]}; postern_form={flow.Browser["postern_form"]}";
        var filled = form.Fields.Append(("client_id", flow.Tenant.ClientId)).Append(("decision", "allow")).DistinctBy(f => f.Item1).ToList();
        var text = string.Join('&', filled.Select(f => $"{f.Item1}={Uri.EscapeDataString(f.Item2)}"));
        using var parts = new MultipartFormDataContent();
        filled.ForEach(f => parts.Add(new StringContent(f.Item2), f.Item1));

        foreach (var content in new HttpContent[] { new StringContent(text, System.Text.Encoding.UTF8, "text/plain"), parts })
        {
            Assert.Equal(400, (await flow.Client.SendAsync(HttpMethod.Post, path, content, null, ("Cookie", cookies))).Status);
        }

        Assert.Equal(200, (await flow.UserInfoAsync(tokens["access_token"])).Status);
        Assert.NotNull((await flow.Browser.OpenAsync(flow.Address(("prompt", "none"))))["code"]);
    }

    [Fact]
    public async Task Line_breaks_in_what_is_sent_back_make_no_header()
    {
        using var flow = await CodeFlow.StartAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await flow.CodeAsync();

        var answer = await flow.Browser.OpenAsync(flow.Address(("state", "s\r\nSet-Cookie: a=b\r\n\r\n<script>")));

        Assert.Equal((302, "s\r\nSet-Cookie: a=b\r\n\r\n<script>"), (answer.Status, answer["state"]));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private static string Header(Visit page, string name) => page.Headers.GetValues(name).Single();
}
