using Postern.Storage.Databases;
using Postern.Tests.Fixtures;
using Xunit;

namespace Postern.Tests.SignIn;

/// <summary>How long a browser's sign-in lasts, and what it is made of (ASVS 5.0, V7.2 and V7.3).</summary>
public sealed class SessionLifetimeTests(Servers servers)
{
    [Theory]
    [InlineData(DatabaseDriver.Sqlite, 0, false, 24)]
    [InlineData(DatabaseDriver.Postgres, 0, true, 720)]
    [InlineData(DatabaseDriver.Sqlite, 2, false, 2)]
    [InlineData(DatabaseDriver.Postgres, 48, true, 48)]
    [InlineData(DatabaseDriver.Sqlite, 48, false, 24)]
    public async Task A_session_ends_after_its_hours_however_often_it_is_used(DatabaseDriver driver, int cookieHours, bool isKept, int hours)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewWebTenantAsync(columns: $"cookie_expire_in_hours = {cookieHours}");
        await tenant.AddUserAsync("ann");
        using var ann = new Visitor(server);
        var page = await ann.GetAsync(Visitor.Authorize(tenant.ClientId));
        await ann.SubmitAsync(page, [("username", "ann"), ("password", PasswordUsers.Password), .. isKept ? [("remember", "on")] : Array.Empty<(string, string)>()]);

        server.Clock.Advance(TimeSpan.FromHours(hours) - TimeSpan.FromSeconds(1));
        var inTime = await ann.GetAsync(Visitor.Authorize(tenant.ClientId));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var late = await ann.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "none")));

        Assert.NotNull(inTime.Sent("code"));
        Assert.Equal("login_required", late.Sent("error"));
        Assert.DoesNotContain("\"ok\"", (await ann.GetAsync("/api/get-account")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task No_number_of_hours_is_too_large_to_sign_in_with(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewWebTenantAsync(columns: "cookie_expire_in_hours = 9223372036854775807");
        await tenant.AddUserAsync("ann");
        using var ann = new Visitor(tenant.Server);
        var page = await ann.GetAsync(Visitor.Authorize(tenant.ClientId));

        await ann.SubmitAsync(page, ("username", "ann"), ("password", PasswordUsers.Password), ("remember", "on"));

        Assert.NotNull((await ann.GetAsync(Visitor.Authorize(tenant.ClientId))).Sent("code"));
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task What_opens_a_session_is_256_bits_of_chance_and_stands_nowhere(DatabaseDriver driver)
    {
        await using var server = await TestServer.StartAsync(driver);
        var tenant = await server.NewWebTenantAsync();
        await tenant.AddUserAsync("ann");
        var values = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            using var ann = await Visitor.SignedInAsync(tenant, "ann");
            values.Add(ann.Cookies["postern_session"]);
        }

        var dump = await server.DumpAsync();

        Assert.Equal(5, values.Distinct().Count());
        Assert.All(values, value =>
        {
            Assert.Equal(32, Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(value).Length);
            Assert.DoesNotContain(value, dump, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task One_user_may_be_signed_in_in_many_browsers_and_ends_them_all_at_once(DatabaseDriver driver)
    {
        var tenant = await (await servers.OnAsync(driver)).NewWebTenantAsync();
        await tenant.AddUserAsync("ann");
        var browsers = new List<Visitor>();
        for (var i = 0; i < 3; i++)
        {
            browsers.Add(await Visitor.SignedInAsync(tenant, "ann"));
        }

        var open = await Task.WhenAll(browsers.Select(b => b.GetAsync("/api/get-account")));
        await browsers[0].GetAsync("/api/sso-logout");
        var ended = await Task.WhenAll(browsers.Select(b => b.GetAsync("/api/get-account")));
        browsers.ForEach(b => b.Dispose());

        Assert.All(open, a => Assert.Contains("\"ok\"", a.Text, StringComparison.Ordinal));
        Assert.All(ended, a => Assert.DoesNotContain("\"ok\"", a.Text, StringComparison.Ordinal));
    }
}
