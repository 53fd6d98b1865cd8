using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Identities;

/// <summary>The hosted page that spends a binding ticket in a web view.</summary>
public sealed class BindPageTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_person_signs_in_on_the_page_and_binds_the_identity(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("first_signin_policy = 'must-bind'");
        var id = await tenant.AddUserAsync("mei");
        var address = await AddressAsync(tenant, "phone");
        using var visitor = new Visitor(tenant.Server);

        var signIn = await visitor.GetAsync(address);
        Assert.Contains("name=\"password\"", signIn.Text, StringComparison.Ordinal);
        var onward = await visitor.SubmitAsync(signIn, ("username", "mei"), ("password", PasswordUsers.Password));
        Assert.Contains("/bind?ticket=", onward.Text, StringComparison.Ordinal);
        var page = await visitor.GetAsync(address);
        Assert.DoesNotContain("value=\"create\"", page.Text, StringComparison.Ordinal);
        var done = await visitor.SubmitAsync(page);

        Assert.Contains("WeChat is bound to your account", done.Text, StringComparison.Ordinal);
        Assert.Equal(id, (await tenant.SignInAsync(tenant.Code("phone"))).Claims("access_token").GetProperty("sub").GetString());
        Assert.Contains("bind-identity", await tenant.ActionsAsync());
        Assert.Equal(400, (await visitor.SubmitAsync(page)).Status);
        Assert.Equal(400, (await visitor.GetAsync(address)).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Under_ask_the_page_creates_an_account_for_a_person_without_one(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewTenantAsync("first_signin_policy = 'ask'");
        var address = await AddressAsync(tenant, "phone");
        using var visitor = new Visitor(tenant.Server);

        var page = await visitor.GetAsync(address, ("Accept-Language", "zh-CN"));
        Assert.Contains("登录已有账号", page.Text, StringComparison.Ordinal);
        var done = await visitor.SubmitAsync(page);

        Assert.Contains("Your account was created", done.Text, StringComparison.Ordinal);
        var user = Assert.Single(await tenant.UsersAsync());
        Assert.Equal(user.Id, (await tenant.SignInAsync(tenant.Code("phone"))).Claims("access_token").GetProperty("sub").GetString());
        Assert.Equal(400, (await visitor.SubmitAsync(page)).Status);
        Assert.Single(await tenant.UsersAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task An_old_session_proves_nothing_and_a_form_of_another_site_binds_nothing(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewTenantAsync("first_signin_policy = 'must-bind'");
        await tenant.AddUserAsync("mei");
        using var visitor = await Visitor.SignedInAsync(tenant, "mei");
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        var address = await AddressAsync(tenant, "phone");

        var old = await visitor.GetAsync(address);
        var foreign = await visitor.PostAsync("/bind", [.. FieldsOf(address), ("action", "bind")], ("Origin", "https://evil.example"));
        var withoutToken = await visitor.PostAsync("/bind", [.. FieldsOf(address), ("action", "bind")]);

        Assert.Contains("name=\"password\"", old.Text, StringComparison.Ordinal);
        Assert.Equal(400, foreign.Status);
        Assert.DoesNotContain("is bound to your account", withoutToken.Text, StringComparison.Ordinal);
        Assert.Equal("account_binding_required", (await tenant.SignInAsync(tenant.Code("phone")))["error"]);
    }

    private static async Task<string> AddressAsync(Tenant tenant, string persona) =>
        $"/bind?ticket={(await tenant.SignInAsync(tenant.Code(persona)))["binding_ticket"]}&client_id={tenant.ClientId}";

    private static IEnumerable<(string Name, string Value)> FieldsOf(string address) =>
        address.Split('?')[1].Split('&').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]));
}
