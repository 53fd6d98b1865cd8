using System.Text;
using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc8628;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>A foreign page can make a browser send a form with its cookies: no form of ours does anything then.</summary>
public sealed class FormForgeryTests(Servers servers)
{
    public static TheoryData<string> Forgeries =>
    [
        "no token", "an empty token", "another browser's token", "another site's origin", "an opaque origin", "another site by Sec-Fetch-Site",
        "a sister site by Sec-Fetch-Site", "text/plain", "JSON", "multipart", "no form cookie", "a form cookie of somebody else",
    ];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Nobody_is_signed_in_by_a_forged_form(string forgery)
    {
        var tenant = await TenantAsync();
        using var visitor = new Visitor(tenant.Server);
        var page = await visitor.GetAsync("/login/" + tenant.Organization);

        await ForgeAsync(visitor, page, forgery, ("username", "alice"), ("password", PasswordUsers.Password));

        Assert.False(visitor.Cookies.ContainsKey("postern_session"));
        Assert.Equal(0, await tenant.Server.ScalarAsync<long>("select count(*) from sessions s join users u on u.id = s.user_id where u.owner = @Organization", new { tenant.Organization }));
        Assert.DoesNotContain("signin", await tenant.ActionsAsync());
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Nobody_consents_by_a_forged_form(string forgery)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var page = await alice.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "consent")));

        await ForgeAsync(alice, page, forgery, ("decision", "allow"));

        Assert.Equal(0, await tenant.Server.ScalarAsync<long>("select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task No_device_is_allowed_by_a_forged_form(string forgery)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var device = await Device.StartAsync(tenant);
        var page = await Device.TypeAsync(alice, device.UserCode);

        await ForgeAsync(alice, page, forgery, ("decision", "allow"));

        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task Nobody_is_signed_out_by_a_forged_form(string forgery)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        await ForgeAsync(alice, await alice.GetAsync("/logout"), forgery);

        Assert.Contains("<strong>alice</strong>", (await alice.GetAsync("/account")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task No_application_is_revoked_by_a_forged_form(string forgery)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var tokens = await tenant.TokenAsync(
            ("grant_type", "authorization_code"), ("client_id", tenant.ClientId), ("code", await alice.CodeAsync(tenant)), ("code_verifier", Visitor.Verifier));
        var page = await alice.GetAsync("/account/applications");
        Assert.Contains(("client_id", tenant.ClientId), Visitor.FieldsOf(page));

        await ForgeAsync(alice, page, forgery);

        Assert.True(await tenant.Server.IsGoodAsync(tokens["access_token"]));
        // The same form as it was given does it.
        Assert.Equal(303, (await alice.SubmitAsync(page)).Status);
        Assert.False(await tenant.Server.IsGoodAsync(tokens["access_token"]));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_foreign_page_signs_nobody_in_or_out_by_the_api(string header, string value)
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var visitor = new Visitor(tenant.Server);
        var body = $$"""{"type":"login","application":"{{tenant.Application}}","organization":"{{tenant.Organization}}","username":"alice","password":"{{PasswordUsers.Password}}"}""";

        foreach (var type in new[] { "text/plain", "application/json", "application/x-www-form-urlencoded" })
        {
            await visitor.SendAsync(HttpMethod.Post, "/api/login", new StringContent(body, Encoding.UTF8, type), (header, value));
            await alice.SendAsync(HttpMethod.Post, "/api/logout", new StringContent("", Encoding.UTF8, type), (header, value));
            await alice.SendAsync(HttpMethod.Post, "/api/sso-logout", new StringContent("", Encoding.UTF8, type), (header, value));
        }

        await alice.GetAsync("/api/sso-logout", (header, value));
        Assert.Empty(visitor.Cookies);
        Assert.Contains("<strong>alice</strong>", (await alice.GetAsync("/account")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_not_fetched_by_a_text_body_that_a_foreign_page_could_send()
    {
        var tenant = await TenantAsync();
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        var address = $"/api/login?clientId={tenant.ClientId}&responseType=code&redirectUri={Uri.EscapeDataString(Visitor.RedirectUri)}&code_challenge={Visitor.Challenge}&code_challenge_method=S256";

        var foreign = await alice.SendAsync(HttpMethod.Post, address, new StringContent("""{"type":"code"}""", Encoding.UTF8, "text/plain"));
        var own = await alice.SendAsync(HttpMethod.Post, address, new StringContent("""{"type":"code"}""", Encoding.UTF8, "application/json"));

        Assert.Contains("\"error\"", foreign.Text, StringComparison.Ordinal);
        Assert.Contains("\"ok\"", own.Text, StringComparison.Ordinal);
        Assert.Equal(1, await tenant.Server.ScalarAsync<long>("select count(*) from authorization_codes where application_id = (select id from applications where client_id = @ClientId)", new { tenant.ClientId }));
    }

    /// <summary>Sends the page's form with one thing wrong.</summary>
    private async Task ForgeAsync(Visitor visitor, Shown page, string forgery, params (string Name, string Value)[] typed)
    {
        var action = Visitor.ActionOf(page);
        var token = Visitor.FieldsOf(page).Single(f => f.Name == "form_token").Value;
        IReadOnlyList<(string Name, string Value)> fields = [.. Visitor.FieldsOf(page).Where(f => f.Name != "form_token" && !typed.Any(t => t.Name == f.Name)), .. typed];
        IReadOnlyList<(string Name, string Value)> whole = [.. fields, ("form_token", token)];
        string Encoded(IEnumerable<(string Name, string Value)> form) => string.Join('&', form.Select(f => $"{Uri.EscapeDataString(f.Name)}={Uri.EscapeDataString(f.Value)}"));
        Task<Shown> AsAsync(HttpContent content) => visitor.SendAsync(HttpMethod.Post, action, content);
        string? cookie = null;
        if (forgery.Contains("cookie", StringComparison.Ordinal))
        {
            cookie = visitor.Cookies["postern_form"];
            visitor.Cookies.Remove("postern_form");
        }

        var answer = forgery switch
        {
            "no token" => await visitor.PostAsync(action, fields),
            "an empty token" => await visitor.PostAsync(action, [.. fields, ("form_token", "")]),
            "another browser's token" => await visitor.PostAsync(action, [.. fields, ("form_token", await ForeignTokenAsync())]),
            "another site's origin" => await visitor.PostAsync(action, whole, ("Origin", "https://evil.example")),
            "an opaque origin" => await visitor.PostAsync(action, whole, ("Origin", "null")),
            "another site by Sec-Fetch-Site" => await visitor.PostAsync(action, whole, ("Sec-Fetch-Site", "cross-site")),
            "a sister site by Sec-Fetch-Site" => await visitor.PostAsync(action, whole, ("Sec-Fetch-Site", "same-site")),
            "text/plain" => await AsAsync(new StringContent(Encoded(whole), Encoding.UTF8, "text/plain")),
            "JSON" => await AsAsync(new StringContent("{" + string.Join(',', whole.Select(f => $"\"{f.Name}\":\"{f.Value}\"")) + "}", Encoding.UTF8, "application/json")),
            "multipart" => await AsAsync(Multipart(whole)),
            "no form cookie" => await visitor.PostAsync(action, whole),
            _ => await visitor.PostAsync(action, whole, ("Cookie", "postern_form=" + new string('A', 22))),
        };

        Assert.Equal(400, answer.Status);
        Assert.Equal("", answer.Location);
        if (cookie is not null)
        {
            visitor.Cookies["postern_form"] = cookie;
        }

        async Task<string> ForeignTokenAsync()
        {
            using var other = new Visitor(await servers.OnAsync(DatabaseDriver.Sqlite));
            return Visitor.FieldsOf(await other.GetAsync("/login")).Single(f => f.Name == "form_token").Value;
        }
    }

    private static MultipartFormDataContent Multipart(IEnumerable<(string Name, string Value)> form)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in form)
        {
            content.Add(new StringContent(value), name);
        }

        return content;
    }

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await Device.NewTenantAsync(await servers.OnAsync(DatabaseDriver.Sqlite));
        await tenant.AddUserAsync("alice");
        return tenant;
    }
}
