using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.Rfc8628;

public sealed class DevicePageTests(Servers servers)
{
    [Fact]
    public async Task A_user_code_may_be_typed_in_small_letters_with_blanks_and_dashes()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        foreach (var write in new Func<string, string>[]
        {
            code => code.ToLowerInvariant(),
            code => " " + code.Replace("-", " ", StringComparison.Ordinal) + " ",
            code => code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant(),
            code => code.Replace('-', '–'),
        })
        {
            var device = await Device.StartAsync(tenant);
            var confirm = await Device.TypeAsync(alice, write(device.UserCode));
            Assert.Equal(200, (await alice.SubmitAsync(confirm, ("decision", "allow"))).Status);
            Assert.Equal(200, (await device.PollAsync()).Status);
        }
    }

    [Fact]
    public async Task A_code_in_the_address_fills_the_field_and_decides_nothing()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");

        var page = await alice.GetAsync($"{Device.Page}/{device.UserCode}");

        Assert.Contains($"value=\"{device.UserCode}\"", page.Text, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
        // With a decision, but without the form's token: another page made the browser send it.
        Assert.Equal(400, (await alice.PostAsync(Device.Page, [("code", device.UserCode), ("decision", "allow")])).Status);
        server.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_comes_back_to_his_code()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = new Visitor(server);

        var signIn = await Device.TypeAsync(alice, device.UserCode);
        var goOn = await alice.SubmitAsync(signIn, ("username", "alice"), ("password", PasswordUsers.Password));

        Assert.Contains($"href=\"{Device.Page}/{device.UserCode}\"", goOn.Text, StringComparison.Ordinal);
        await device.DecideAsync(alice, "allow");
        Assert.Equal(200, (await device.PollAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task A_user_of_another_organization_cannot_allow_it(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var (tenant, other) = (await Device.NewTenantAsync(server), await Device.NewTenantAsync(server));
        await other.AddUserAsync("mallory");
        var device = await Device.StartAsync(tenant);
        using var mallory = await Visitor.SignedInAsync(other, "mallory");
        var token = Visitor.FieldsOf(await mallory.GetAsync(Device.Page)).Single(f => f.Name == "form_token");

        var page = await mallory.PostAsync(Device.Page, [token, ("code", device.UserCode), ("decision", "allow")]);
        var answer = await mallory.SendAsync(HttpMethod.Post, "/api/login", new StringContent(
            $$"""{"type":"device","application":"{{other.Application}}","userCode":"{{device.UserCode}}"}""", System.Text.Encoding.UTF8, "application/json"));

        Assert.Contains("name=\"password\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("\"error\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Of_many_decisions_at_once_one_counts(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        await tenant.AddUserAsync("bob");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        using var bob = await Visitor.SignedInAsync(tenant, "bob");
        var (ofAlice, ofBob) = (await Device.TypeAsync(alice, device.UserCode), await Device.TypeAsync(bob, device.UserCode));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 3 == 0 ? alice.SubmitAsync(ofAlice, ("decision", "allow"))
            : i % 3 == 1 ? bob.SubmitAsync(ofBob, ("decision", "allow"))
            : bob.SubmitAsync(ofBob, ("decision", "refuse"))));

        Assert.Single(answers, a => a.Status == 200);
        Assert.Single(await tenant.ActionsAsync(), a => a.StartsWith("device-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guessing_codes_is_limited_per_address()
    {
        await using var server = await TestServer.StartAsync(DatabaseDriver.Sqlite, options => options with { RefusedTokenRequestsPerMinute = 3 });
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("alice");
        var device = await Device.StartAsync(tenant);
        using var alice = await Visitor.SignedInAsync(tenant, "alice");
        // The count begins anew with each minute: none ends within this test.
        server.Clock.Advance(TimeSpan.FromSeconds(60 - server.Clock.GetUtcNow().Second));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(400, (await Device.TypeAsync(alice, "BCDF-GHJ" + "BCD"[i])).Status);
        }

        // The right one now comes too late: nobody learns which it is.
        var limited = await Device.TypeAsync(alice, device.UserCode);
        Assert.Equal(429, limited.Status);
        Assert.True(limited.Headers.ContainsKey("Retry-After"));
        var login = await alice.SendAsync(HttpMethod.Post, "/api/login", new StringContent(
            $$"""{"type":"device","application":"{{tenant.Application}}","userCode":"{{device.UserCode}}"}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Contains("\"error\"", login.Text, StringComparison.Ordinal);
        Assert.Equal("authorization_pending", await device.PollRefusalAsync());
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await Device.TypeAsync(alice, device.UserCode)).Status);
    }
}
