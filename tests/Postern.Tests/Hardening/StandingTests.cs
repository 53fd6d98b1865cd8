using Postern.Storage.Databases;
using Postern.Tests.Casdoor.Users;
using Postern.Tests.Fixtures;
using Postern.Tests.Rfc8628;
using Xunit;

namespace Postern.Tests.Hardening;

/// <summary>What somebody may do is decided at each call, and the way out is on each page (ASVS 5.0, 8.3.2 and 7.4.4).</summary>
public sealed class StandingTests(Servers servers)
{
    [Theory]
    [MemberData(nameof(Databases.Both), MemberType = typeof(Databases))]
    public async Task Who_is_no_administrator_any_more_may_no_more_at_the_next_call(DatabaseDriver driver)
    {
        var server = await servers.OnAsync(driver);
        var tenant = await server.NewOrganizationAsync();
        var boss = await tenant.NewAdministratorAsync();
        using var browser = await Visitor.SignedInAsync(tenant, "boss");
        var path = $"/api/get-users?owner={tenant.Organization}";
        Assert.NotNull(await boss.DataAsync(path));
        Assert.Contains("\"ok\"", (await browser.GetAsync(path)).Text, StringComparison.Ordinal);

        // By the application, as another administrator would.
        Assert.Equal("Affected", await Casdoor.Rows.RowCaller.Of(tenant).WriteAsync($"/api/update-user?id={tenant.Organization}/boss&columns=is_admin", new() { ["isAdmin"] = false }));

        Assert.Equal("Unauthorized operation", await boss.MessageAsync(path));
        Assert.DoesNotContain("\"ok\"", (await browser.GetAsync(path)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_of_who_is_signed_in_has_a_link_to_sign_out()
    {
        var server = await servers.OnAsync(DatabaseDriver.Sqlite);
        var tenant = await Device.NewTenantAsync(server);
        await tenant.AddUserAsync("ann");
        using var ann = await Visitor.SignedInAsync(tenant, "ann");
        var device = await Device.StartAsync(tenant);
        Shown[] pages =
        [
            await ann.GetAsync("/account"),
            await ann.GetAsync("/account/applications"),
            await ann.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "consent"))),
            await Device.TypeAsync(ann, device.UserCode),
        ];

        Assert.All(pages, page =>
        {
            Assert.Equal(200, page.Status);
            Assert.Contains("href=\"/logout\"", page.Text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(0, "en", "for 30 days")]
    [InlineData(1, "en", "for 1 hour.")]
    [InlineData(24, "zh-CN", "24 小时未使用后失效")]
    public async Task The_consent_page_says_for_how_long(int hours, string language, string words)
    {
        var tenant = await (await servers.OnAsync(DatabaseDriver.Sqlite)).NewWebTenantAsync(columns: $"refresh_expire_in_hours = {hours}");
        await tenant.AddUserAsync("ann");
        using var ann = await Visitor.SignedInAsync(tenant, "ann");

        var page = await ann.GetAsync(Visitor.Authorize(tenant.ClientId, ("prompt", "consent"), ("ui_locales", language)));

        Assert.Contains(words, page.Text, StringComparison.Ordinal);
    }
}
